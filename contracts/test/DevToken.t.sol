// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {DevToken} from "../src/dev/DevToken.sol";
import {Test} from "./support/Vm.sol";

contract DevTokenTest is Test {
    DevToken private token = new DevToken(address(this));

    function test_ownerMints() public {
        token.mint(accountOf("user"), 5);

        vm.assertEq(token.balanceOf(accountOf("user")), 5);
        vm.assertEq(token.symbol(), "TDEV");
        vm.assertEq(token.decimals(), 18);
    }

    function test_nobodyElseMints() public {
        address user = accountOf("user");

        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, user));
        vm.prank(user);
        token.mint(user, 5);
    }
}
