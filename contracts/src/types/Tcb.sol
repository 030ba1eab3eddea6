// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @notice The kinds of TEE that quotes of Intel's are of.
enum Tee {
    Sgx,
    Tdx
}

/// @notice What Intel says of a platform, as in its documents; see `TcbStatuses.converge` for how they combine.
enum TcbStatus {
    UpToDate,
    SWHardeningNeeded,
    ConfigurationNeeded,
    ConfigurationAndSWHardeningNeeded,
    OutOfDate,
    OutOfDateConfigurationNeeded,
    Revoked,
    TDRelaunchAdvised,
    TDRelaunchAdvisedConfigurationNeeded
}

/// @notice From when to when a document and its signer's certificates hold, both inclusive; and who signed it.
struct Provenance {
    uint64 from;
    uint64 to;
    uint160 signerSerial;
}

/// @notice What a TDX module of one major version has to look like.
struct TdxModule {
    uint8 version; // 0: the first module, which the platform's levels judge
    bytes32 mrSignerHash; // keccak256 of 48 bytes
    bytes8 attributes;
    bytes8 attributesMask;
    bytes levels; // by the module's ISVSVN, see IsvLevels
}

/// @notice Intel's word about the levels of one kind of platform, version 3.
struct TcbInfo {
    Tee tee;
    bytes6 fmspc;
    bytes2 pceId;
    uint32 evaluationNumber;
    uint64 issueDate;
    uint64 nextUpdate;
    TdxModule[] modules;
    bytes levels; // from the best to the worst, see PlatformLevels
}

/// @notice Intel's word about its quoting enclaves, version 2.
struct QeIdentity {
    Tee tee;
    uint32 evaluationNumber;
    uint64 issueDate;
    uint64 nextUpdate;
    bytes4 miscSelect;
    bytes4 miscSelectMask;
    bytes16 attributes;
    bytes16 attributesMask;
    bytes32 mrSigner;
    uint16 isvProdId;
    bytes levels; // by ISVSVN, see IsvLevels
}
