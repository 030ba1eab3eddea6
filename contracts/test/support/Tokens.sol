// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Takes one per cent of every transfer.
contract FeeToken is ERC20 {
    constructor() ERC20("Fee", "FEE") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) ? 0 : amount / 100;
        super._update(from, to, amount - fee);
        if (fee > 0) super._update(from, address(0), fee);
    }
}

/// @notice Says `false` instead of failing, as some old tokens do.
contract SilentToken is ERC20 {
    constructor() ERC20("Silent", "SIL") {}

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @notice Whoever takes part in a transfer of `HookToken` is called in the middle of it.
interface ITransferHook {
    function onTransfer() external;
}

/// @notice Calls the sender before and the receiver after each transfer, if it is a contract that asked for it.
contract HookToken is ERC20 {
    mapping(address account => bool) private _hooked;

    constructor() ERC20("Hook", "HOOK") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function hook() external {
        _hooked[msg.sender] = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_hooked[from]) ITransferHook(from).onTransfer();
        super._update(from, to, amount);
        if (_hooked[to]) ITransferHook(to).onTransfer();
    }
}

/// @notice Everybody's balance grows and shrinks together.
contract RebasingToken is ERC20 {
    uint256 private _percent = 100;

    constructor() ERC20("Rebasing", "REB") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function rebase(uint256 percent) external {
        _percent = percent;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * _percent / 100;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount * 100 / _percent);
    }
}

/// @notice Its issuer keeps some accounts from holding it, as those of stable coins do.
contract BlockingToken is ERC20 {
    error AccountBlocked(address account);

    mapping(address account => bool) private _blocked;

    constructor() ERC20("Blocking", "BLK") {}

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function setBlocked(address account, bool blocked) external {
        _blocked[account] = blocked;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_blocked[to]) revert AccountBlocked(to);
        super._update(from, to, amount);
    }
}
