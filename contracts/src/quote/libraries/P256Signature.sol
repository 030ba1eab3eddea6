// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

/// @notice A public key on P-256.
struct P256Key {
    bytes32 x;
    bytes32 y;
}

/// @notice An ECDSA signature as Intel writes it: `s` may be in the upper half, too.
struct P256Signature {
    bytes32 r;
    bytes32 s;
}

/// @title ECDSA on P-256 by the precompile of EIP-7951 at 0x100; reverts where there is none.
library P256Signatures {
    /// @return whether `key` signed `hash`
    function isOf(P256Signature memory signature, bytes32 hash, P256Key memory key) internal view returns (bool) {
        uint256 s = uint256(signature.s);
        // The library refuses signatures in the upper half, since somebody could have made them of others. Nothing here
        // is counted by its signature, and (r, N - s) holds exactly if (r, s) does.
        if (s > P256.N / 2 && s < P256.N) s = P256.N - s;
        return P256.verifyNative(hash, signature.r, bytes32(s), key.x, key.y);
    }
}
