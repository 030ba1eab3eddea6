// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice Writes ASN.1 in DER.
library DerWriter {
    bytes internal constant ECDSA_SHA256 = hex"06082a8648ce3d040302";
    bytes internal constant P256_KEY = hex"06072a8648ce3d020106082a8648ce3d030107";

    function element(uint8 tag, bytes memory content) internal pure returns (bytes memory) {
        uint256 length = content.length;
        if (length < 0x80) return abi.encodePacked(tag, uint8(length), content);
        if (length < 0x100) return abi.encodePacked(tag, uint8(0x81), uint8(length), content);
        return abi.encodePacked(tag, uint8(0x82), uint16(length), content);
    }

    function sequence(bytes memory content) internal pure returns (bytes memory) {
        return element(0x30, content);
    }

    function octets(bytes memory content) internal pure returns (bytes memory) {
        return element(0x04, content);
    }

    function bits(bytes memory content) internal pure returns (bytes memory) {
        return element(0x03, abi.encodePacked(uint8(0), content));
    }

    function integer(uint256 value) internal pure returns (bytes memory) {
        return number(0x02, value);
    }

    function number(uint8 tag, uint256 value) internal pure returns (bytes memory) {
        bytes memory content = abi.encodePacked(uint8(value));
        for (uint256 rest = value >> 8; rest > 0; rest >>= 8) {
            content = abi.encodePacked(uint8(rest), content);
        }
        if (uint8(content[0]) >= 0x80) content = abi.encodePacked(uint8(0), content);
        return element(tag, content);
    }

    /// @notice A name of a common name and an organisation.
    function name(string memory commonName) internal pure returns (bytes memory) {
        return sequence(
            abi.encodePacked(
                element(0x31, sequence(abi.encodePacked(hex"0603550403", element(0x0c, bytes(commonName))))),
                element(0x31, sequence(abi.encodePacked(hex"060355040a", element(0x0c, "Intel Corporation"))))
            )
        );
    }

    function extension(bytes memory oid, bool critical, bytes memory value) internal pure returns (bytes memory) {
        bytes memory flag = critical ? bytes(hex"0101ff") : bytes("");
        return sequence(abi.encodePacked(element(0x06, oid), flag, octets(value)));
    }
}
