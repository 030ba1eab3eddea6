// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title SHA-384 and SHA-512, for which there is no precompile.
/// @notice TDX measures in SHA-384, and report data of TEEX is a SHA-512, so a contract that judges quotes needs both.
/// @dev About 27,000 gas for each block of 128 bytes. Assembly, because the same in plain Solidity measured four times
/// as much. The constants are the fractional parts of the roots of the first primes (FIPS 180-4, 4.2.3 and 5.3).
library Sha512 {
    uint256 private constant BLOCK = 128;

    bytes private constant SHA384_START =
        (hex"cbbb9d5dc1059ed8629a292a367cd5079159015a3070dd17152fecd8f70e593967332667ffc00b318eb44a8768581511"
        hex"db0c2e0d64f98fa747b5481dbefa4fa4");
    bytes private constant SHA512_START =
        (hex"6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1510e527fade682d19b05688c2b3e6c1f"
        hex"1f83d9abfb41bd6b5be0cd19137e2179");
    bytes private constant ROUND_CONSTANTS =
        (hex"428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc3956c25bf348b53859f111f1b605d019"
        hex"923f82a4af194f9bab1c5ed5da6d8118d807aa98a303024212835b0145706fbe243185be4ee4b28c550c7dc3d5ffb4e2"
        hex"72be5d74f27b896f80deb1fe3b1696b19bdc06a725c71235c19bf174cf692694e49b69c19ef14ad2efbe4786384f25e3"
        hex"0fc19dc68b8cd5b5240ca1cc77ac9c652de92c6f592b02754a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5"
        hex"983e5152ee66dfaba831c66d2db43210b00327c898fb213fbf597fc7beef0ee4c6e00bf33da88fc2d5a79147930aa725"
        hex"06ca6351e003826f142929670a0e6e7027b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed53380d139d95b3df"
        hex"650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353ba2bfe8a14cf10364a81a664bbc423001"
        hex"c24b8b70d0f89791c76c51a30654be30d192e819d6ef5218d69906245565a910f40e35855771202a106aa07032bbd1b8"
        hex"19a4c116b8d2d0c81e376c085141ab532748774cdf8eeb9934b0bcb5e19b48a8391c0cb3c5c95a634ed8aa4ae3418acb"
        hex"5b9cca4f7763e373682e6ff3d6b2b8a3748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec"
        hex"90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915c67178f2e372532bca273eceea26619cd186b8c721c0c207"
        hex"eada7dd6cde0eb1ef57d4f7fee6ed17806f067aa72176fba0a637dc5a2c898a6113f9804bef90dae1b710b35131c471b"
        hex"28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc431d67c49c100d4c4cc5d4becb3e42b6597f299cfc657e2a"
        hex"5fcb6fab3ad6faec6c44198c4a475817");

    /// @return high the first 32 bytes
    /// @return low the last 16 bytes
    function sha384(bytes memory message) internal pure returns (bytes32 high, bytes16 low) {
        bytes32 rest;
        (high, rest) = _hash(message, SHA384_START);
        low = bytes16(rest);
    }

    /// @return high the first 32 bytes
    /// @return low the last 32 bytes
    function sha512(bytes memory message) internal pure returns (bytes32 high, bytes32 low) {
        return _hash(message, SHA512_START);
    }

    function _hash(bytes memory message, bytes memory start) private pure returns (bytes32 high, bytes32 low) {
        uint256 blocks = (message.length + 17 + BLOCK - 1) / BLOCK; // 1 byte 0x80 and 16 bytes of length behind it
        bytes memory padded = new bytes(blocks * BLOCK);
        bytes memory constants = ROUND_CONSTANTS;
        bytes memory state = start;
        bytes memory schedule = new bytes(80 * 32);
        uint256 bits = message.length * 8;
        assembly ("memory-safe") {
            mcopy(add(padded, 0x20), add(message, 0x20), mload(message))
            mstore8(add(add(padded, 0x20), mload(message)), 0x80)
            let last := add(padded, mload(padded)) // the last word of the padded message
            mstore(last, or(mload(last), bits))
        }
        for (uint256 i = 0; i < blocks; i++) {
            uint256 blockAt;
            assembly ("memory-safe") {
                blockAt := add(add(padded, 0x20), mul(i, BLOCK))
            }
            _expand(schedule, blockAt);
            _compress(state, schedule, constants);
        }
        assembly ("memory-safe") {
            high := mload(add(state, 0x20))
            low := mload(add(state, 0x40))
        }
    }

    /// @dev The message schedule: 80 values of 64 bits, each in a word of its own.
    function _expand(bytes memory schedule, uint256 blockAt) private pure {
        assembly ("memory-safe") {
            let slot := add(schedule, 0x20)
            for { let i := 0 } lt(i, 16) { i := add(i, 1) } {
                mstore(add(slot, shl(5, i)), shr(192, mload(add(blockAt, shl(3, i)))))
            }
            let end := add(slot, 0xa00)
            for { slot := add(slot, 0x200) } lt(slot, end) { slot := add(slot, 0x20) } {
                // A value beside itself rotates by being shifted; what is above 64 bits is cut off at the end.
                let x := mload(sub(slot, 0x1e0))
                let xx := or(x, shl(64, x))
                let y := mload(sub(slot, 0x40))
                let yy := or(y, shl(64, y))
                let sum := add(mload(sub(slot, 0xe0)), mload(sub(slot, 0x200)))
                sum := add(sum, xor(xor(shr(1, xx), shr(8, xx)), shr(7, x)))
                sum := add(sum, xor(xor(shr(19, yy), shr(61, yy)), shr(6, y)))
                mstore(slot, and(sum, 0xffffffffffffffff))
            }
        }
    }

    function _compress(bytes memory state, bytes memory schedule, bytes memory constants) private pure {
        assembly ("memory-safe") {
            let a := shr(192, mload(add(state, 0x20)))
            let b := shr(192, mload(add(state, 0x28)))
            let c := shr(192, mload(add(state, 0x30)))
            let d := shr(192, mload(add(state, 0x38)))
            let e := shr(192, mload(add(state, 0x40)))
            let f := shr(192, mload(add(state, 0x48)))
            let g := shr(192, mload(add(state, 0x50)))
            let h := shr(192, mload(add(state, 0x58)))
            for { let i := 0 } lt(i, 80) { i := add(i, 1) } {
                let t := or(e, shl(64, e))
                t := xor(xor(shr(14, t), shr(18, t)), shr(41, t))
                t := add(add(t, h), xor(g, and(e, xor(f, g))))
                t := add(t, mload(add(add(schedule, 0x20), shl(5, i))))
                t := add(t, shr(192, mload(add(add(constants, 0x20), shl(3, i)))))
                h := g
                g := f
                f := e
                e := and(add(d, t), 0xffffffffffffffff)
                d := or(a, shl(64, a))
                t := add(t, xor(xor(shr(28, d), shr(34, d)), shr(39, d)))
                t := add(t, or(and(a, or(b, c)), and(b, c)))
                d := c
                c := b
                b := a
                a := and(t, 0xffffffffffffffff)
            }
            function plus(slot, value) {
                let sum := and(add(shr(192, mload(slot)), value), 0xffffffffffffffff)
                mstore(slot, or(shl(192, sum), and(mload(slot), 0xffffffffffffffffffffffffffffffffffffffffffffffff)))
            }
            plus(add(state, 0x20), a)
            plus(add(state, 0x28), b)
            plus(add(state, 0x30), c)
            plus(add(state, 0x38), d)
            plus(add(state, 0x40), e)
            plus(add(state, 0x48), f)
            plus(add(state, 0x50), g)
            plus(add(state, 0x58), h)
        }
    }
}
