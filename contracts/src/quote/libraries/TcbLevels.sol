// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {TcbStatus} from "../../types/Tcb.sol";

/// @title The levels of an enclave or module that has one number, packed: 2 bytes ISVSVN, 1 byte status each.
library IsvLevels {
    uint256 internal constant SIZE = 3;

    function append(bytes memory levels, uint16 isvSvn, TcbStatus status) internal pure returns (bytes memory) {
        return abi.encodePacked(levels, isvSvn, uint8(status));
    }

    /// @notice The first, that is the best, level that `isvSvn` reaches.
    function reached(bytes memory levels, uint256 isvSvn) internal pure returns (bool found, TcbStatus status) {
        for (uint256 start = 0; start < levels.length; start += SIZE) {
            uint256 word = _wordAt(levels, start);
            if (isvSvn >= word >> 240) return (true, TcbStatus((word >> 232) & 0xff));
        }
    }

    /// @notice Whether `isvSvn` reaches the best level there is.
    function isNewest(bytes memory levels, uint256 isvSvn) internal pure returns (bool) {
        return levels.length != 0 && isvSvn >= _wordAt(levels, 0) >> 240;
    }
}

/// @title The levels of a platform, packed: 16 bytes of SGX components, 16 of TEE_TCB_SVN (zero for SGX), 2 of PCESVN,
/// 1 of status each.
library PlatformLevels {
    uint256 internal constant SIZE = 35;

    // One lane of 16 bits for every other byte, with a bit above the byte that a subtraction borrows if it has to.
    uint256 private constant LANES = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant BORROWS = 0x0100010001000100010001000100010001000100010001000100010001000100;

    function append(bytes memory levels, bytes16 components, bytes16 teeTcbSvn, uint16 pceSvn, TcbStatus status)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(levels, components, teeTcbSvn, pceSvn, uint8(status));
    }

    /// @notice The first, that is the best, level whose every component `svns` reaches, as far as `mask` has its bytes on.
    /// @param svns the platform's components, then its TEE_TCB_SVN
    function reached(bytes memory levels, bytes32 svns, bytes32 mask, uint256 pceSvn)
        internal
        pure
        returns (bool found, TcbStatus status)
    {
        for (uint256 start = 0; start < levels.length; start += SIZE) {
            uint256 grade = _wordAt(levels, start + 32);
            if (isAtLeast(svns, bytes32(_wordAt(levels, start)) & mask) && pceSvn >= grade >> 240) {
                return (true, TcbStatus((grade >> 232) & 0xff));
            }
        }
    }

    /// @notice The SVNs of the best level.
    function newest(bytes memory levels) internal pure returns (bytes32) {
        return bytes32(_wordAt(levels, 0));
    }

    /// @notice Whether every byte of `left` is at least the same byte of `right`.
    function isAtLeast(bytes32 left, bytes32 right) internal pure returns (bool) {
        uint256 l = uint256(left);
        uint256 r = uint256(right);
        uint256 even = ((l & LANES) | BORROWS) - (r & LANES);
        uint256 odd = (((l >> 8) & LANES) | BORROWS) - ((r >> 8) & LANES);
        return even & odd & BORROWS == BORROWS;
    }
}

/// @title How the statuses of the parts of a platform become one.
library TcbStatuses {
    function isOutOfDate(TcbStatus status) internal pure returns (bool) {
        return status == TcbStatus.OutOfDate || status == TcbStatus.OutOfDateConfigurationNeeded;
    }

    /// @notice What a platform's status becomes by that of its TDX module or quoting enclave.
    function converge(TcbStatus platform, TcbStatus part) internal pure returns (TcbStatus) {
        if (part == TcbStatus.Revoked || platform == TcbStatus.Revoked) return TcbStatus.Revoked;
        if (part != TcbStatus.OutOfDate) return platform;
        if (platform == TcbStatus.UpToDate || platform == TcbStatus.SWHardeningNeeded) return TcbStatus.OutOfDate;
        if (platform == TcbStatus.ConfigurationNeeded || platform == TcbStatus.ConfigurationAndSWHardeningNeeded) {
            return TcbStatus.OutOfDateConfigurationNeeded;
        }
        return platform;
    }
}

/// @dev The 32 bytes from `at` on; of what is behind the end the callers look at nothing.
function _wordAt(bytes memory data, uint256 start) pure returns (uint256 word) {
    assembly ("memory-safe") {
        word := mload(add(add(data, 0x20), start))
    }
}
