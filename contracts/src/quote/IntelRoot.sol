// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {P256Key} from "./libraries/P256Signature.sol";

/// @title The key that everything of SGX and TDX leads up to.
/// @notice Of the Intel SGX Root CA, subject key identifier 22650cd65a9d3489f383b49552bf501b392706ac, as Intel publishes
/// it: https://certificates.trustedservices.intel.com/Intel_SGX_Provisioning_Certification_RootCA.cer
library IntelRoot {
    bytes32 internal constant X = 0x0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e705525f5;
    bytes32 internal constant Y = 0x67918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904ae7394;

    function key() internal pure returns (P256Key memory) {
        return P256Key({x: X, y: Y});
    }
}
