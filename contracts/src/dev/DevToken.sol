// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title The token of development markets: ERC-20 with EIP-2612 permit, 18 decimals, minted at will by its owner.
/// @notice Worth nothing. A real deployment settles in a token that exists.
contract DevToken is ERC20, ERC20Permit, Ownable {
    constructor(address owner) ERC20("TEEX Dev Token", "TDEV") ERC20Permit("TEEX Dev Token") Ownable(owner) {}

    /// @notice Owner only.
    function mint(address account, uint256 amount) external onlyOwner {
        _mint(account, amount);
    }
}
