// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Sha512} from "../../src/quote/libraries/Sha512.sol";
import {Test} from "../support/Vm.sol";

/// @notice Against the digests that OpenSSL makes of the bytes 0, 7, 14, … (mod 256), around the ends of blocks.
contract Sha512Test is Test {
    uint256[10] private _sizes = [uint256(0), 1, 3, 111, 112, 127, 128, 239, 240, 256];

    function test_sha384() public view {
        bytes[10] memory digests = [
            bytes(
                hex"38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"
            ),
            hex"bec021b4f368e3069134e012c2b4307083d3a9bdd206e24e5f0d86e13d6636655933ec2b413465966817a9c208a11717",
            hex"429f44342877cb1dc243693a0718c1bbce18f6f923af04b9fec1989ee6b120c9a24332f13794de64853ef7e1ca638a0e",
            hex"0e07dbe3a06921ecf592290797728554366c98285033aa79394dd6f7a39e20d5acb14eb307cb4e3dc28bb99a122c43e7",
            hex"44716227fafa9d5b225200d1ac73a37c574dd7a890433be121e7aa2143a921a7282a49053bb5a921c2d11d89efe44e63",
            hex"101b507234e59db36edd7f903eb3adbf0b5a6abb3f305be500de8556d37d5b142a2736ac437a1eae9bc930d58ab12b21",
            hex"1f2e7f5020a66aaf910acce311ebeef5293d0b52cd6bc9ca281192c14ae35f1229cf8071ca311e282c3276b2a9a205d5",
            hex"df600c480e757d3f2039ae4916fdf3b28479e3547159a54e11caf42d97252d3b8a1c3cb9885c10fc231dfe41de078e5c",
            hex"a3a0f7bd9dafd850e9318ce87decd93781cd731cdb53466acf24d919ca2a0c7484674d9e02fda371ac412ca70c712c22",
            hex"41a1a4f73e38b8fa8dc8a54a5d566b89cd26b6a3b7df93fbb3f1d9a36c87e7ab6c9d9dcc35e235fd6b87110f9405dd1a"
        ];
        for (uint256 i = 0; i < _sizes.length; i++) {
            (bytes32 high, bytes16 low) = Sha512.sha384(message(_sizes[i]));
            vm.assertEq(abi.encodePacked(high, low), digests[i]);
        }
    }

    function test_sha512() public view {
        bytes[10] memory digests = [
            bytes(
                hex"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
            ),
            hex"b8244d028981d693af7b456af8efa4cad63d282e19ff14942c246e50d9351d22704a802a71c3580b6370de4ceb293c324a8423342557d4e5c38438f0e36910ee",
            hex"9d1d055e0ac16db8b8b3b6c44692743b855129eb6b9fb9706ac623cf5c086ce4983ae494e5abeafc77a05e5e95f87c96bf8bd9434bccace808732165a43a6412",
            hex"d2026b9857418e96d800f55017d1c1566c027453ff240da88f0a25558fabf5d6ffbe00bb14bc04f120af1cac53f21cb4a81765140b9249f52aaab4935079dd94",
            hex"4dc754b8985c03b8015b1efd61af5c05828b6d07eecda8d90dd5863f7704bd375905932f2fbdeb4ee1b754a7778e4a0327e7d75b71ae95d1f619136e27564467",
            hex"78de13cc28717e3ee7a3cb21b2ecac6d201f32f4a81bc1becdf9de5126e1a0139e25784aeb8baf327cc32f98d54d20e80e61d4d6bff5b37872fdaa645a4f3886",
            hex"6e7f10bc87eacc3e98014eaade39e273285ba13c79231361c24c304a8d409018f543a28847fcc829b87fdde605caa5ab5fdb00e296737fa4687d5ee8d130ceea",
            hex"d29cefaac62d3e8acd367abe0804c702a4848773ada2ad537619bc5c29a3a1f0c7d58c639638ede6869cf43536bb0530c2e8cee6b29ac3999e1216b6e88bab4f",
            hex"44f1b40dcf17562fc7119b65ea16035838ccb0438092ef3c7ba8011fda5448d6ccff715c5d17e4e399154938c8e89be6cf724018868cac11f383709af4e0d0e5",
            hex"ca6e7d0c2e4ae8774b65b1353a44154f9858ff2c6eb8c50c645eb37b39e37ad98184883dddacf1557a791307ad592e31e9d824c2c3e2da33b0f5e5a90d779316"
        ];
        for (uint256 i = 0; i < _sizes.length; i++) {
            (bytes32 high, bytes32 low) = Sha512.sha512(message(_sizes[i]));
            vm.assertEq(abi.encodePacked(high, low), digests[i]);
        }
    }

    /// @notice It reads its message only, whatever stands behind it in memory.
    function testFuzz_isAFunctionOfTheMessage(bytes calldata data, bytes32 behind) public pure {
        bytes memory copy = data;
        bytes memory dirty = abi.encodePacked(data, behind);
        assembly ("memory-safe") {
            mstore(dirty, data.length)
        }
        (bytes32 high, bytes32 low) = Sha512.sha512(copy);
        (bytes32 dirtyHigh, bytes32 dirtyLow) = Sha512.sha512(dirty);
        vm.assertEq(abi.encode(high, low), abi.encode(dirtyHigh, dirtyLow));
    }

    function message(uint256 size) private pure returns (bytes memory data) {
        data = new bytes(size);
        for (uint256 i = 0; i < size; i++) {
            data[i] = bytes1(uint8(i * 7));
        }
    }
}
