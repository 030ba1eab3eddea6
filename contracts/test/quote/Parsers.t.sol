// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {CodeStorage} from "../../src/quote/libraries/CodeStorage.sol";
import {Dates} from "../../src/quote/libraries/Dates.sol";
import {Der} from "../../src/quote/libraries/Der.sol";
import {Json} from "../../src/quote/libraries/Json.sol";
import {P256Key, P256Signature, P256Signatures} from "../../src/quote/libraries/P256Signature.sol";
import {Span, Spans} from "../../src/quote/libraries/Spans.sol";
import {IsvLevels, PlatformLevels, TcbStatuses} from "../../src/quote/libraries/TcbLevels.sol";
import {TcbStatus} from "../../src/types/Tcb.sol";
import {Test} from "../support/Vm.sol";
import {DerWriter} from "./support/DerWriter.sol";

/// @notice The library's functions as calls, so that what they refuse is seen from outside.
contract Parsers {
    function unsigned(bytes memory der) external pure returns (uint256) {
        return Der.unsigned(Spans.over(der), Der.INTEGER);
    }

    function oid(bytes memory der) external pure returns (bytes32) {
        return Der.oid(Spans.over(der));
    }

    function content(bytes memory der) external pure returns (bytes memory) {
        Span memory span = Spans.over(der);
        bytes memory taken = Spans.copy(Der.take(span, Der.OCTET_STRING));
        Der.requireEnd(span);
        return taken;
    }

    function fromDer(bytes memory date) external pure returns (uint64) {
        return Dates.fromDer(date);
    }

    function fromIso(bytes memory date) external pure returns (uint64) {
        return Dates.fromIso(date);
    }

    function text(bytes memory json) external pure returns (bytes32) {
        Span memory span = Spans.over(json);
        bytes32 hash = Json.text(span);
        Json.requireEnd(span);
        return hash;
    }

    function number(bytes memory json, uint256 max) external pure returns (uint256) {
        return Json.number(Spans.over(json), max);
    }

    function hexadecimal(bytes memory json, uint256 size) external pure returns (bytes memory) {
        return Json.hexadecimal(Spans.over(json), size);
    }

    /// @notice Walks through the values of an array of anything.
    function count(bytes memory json) external pure returns (uint256 entries) {
        Span memory span = Spans.over(json);
        for (bool more = Json.enter(span, Json.ARRAY); more; more = Json.next(span, Json.ARRAY_END)) {
            Json.skip(span);
            entries++;
        }
        Json.requireEnd(span);
    }

    function key(bytes memory json) external pure returns (bytes32) {
        return Json.key(Spans.over(json));
    }
}

contract ParsersTest is Test {
    Parsers private parsers = new Parsers();

    function testFuzz_readsWhatIsWritten(uint256 value) public view {
        vm.assertEq(parsers.unsigned(DerWriter.integer(value)), value);
    }

    function test_refusesNumbersThatAreNotTheShortest() public {
        bytes[6] memory numbers =
            [bytes(hex"0200"), hex"020200", hex"02020001", hex"020180", hex"02020080aa", hex"022100"];
        bytes4[6] memory reasons = [
            Der.DerValueInvalid.selector,
            Der.DerLengthInvalid.selector,
            Der.DerValueInvalid.selector,
            Der.DerValueInvalid.selector,
            bytes4(0),
            Der.DerLengthInvalid.selector
        ];
        for (uint256 i = 0; i < 6; i++) {
            if (i == 4) {
                vm.assertEq(parsers.unsigned(numbers[i]), 0x80);
                continue;
            }
            vm.expectPartialRevert(reasons[i]);
            parsers.unsigned(numbers[i]);
        }
        bytes memory tooLong = abi.encodePacked(hex"022101", bytes32(0));
        vm.expectPartialRevert(Der.DerValueInvalid.selector);
        parsers.unsigned(tooLong);
    }

    function test_readsLengthsInTheirShortestForm() public {
        uint256[5] memory sizes = [uint256(0), 127, 128, 255, 256];
        for (uint256 i = 0; i < 5; i++) {
            bytes memory content = new bytes(sizes[i]);
            vm.assertEq(parsers.content(DerWriter.octets(content)), content);
        }
        bytes[5] memory wrong = [bytes(hex"04817f"), hex"048200ff", hex"0483000001", hex"0480", hex"0402aa"];
        for (uint256 i = 0; i < 5; i++) {
            bytes memory padded = i == 4 ? wrong[i] : abi.encodePacked(wrong[i], new bytes(300));
            vm.expectPartialRevert(Der.DerLengthInvalid.selector);
            parsers.content(padded);
        }
        vm.expectRevert(abi.encodeWithSelector(Der.DerTagUnexpected.selector, 0x05, 0x04));
        parsers.content(hex"0500");
        vm.expectRevert(abi.encodeWithSelector(Der.DerTagUnexpected.selector, 0, 0x04));
        parsers.content("");
        vm.expectRevert(abi.encodeWithSelector(Der.DerNotAtEnd.selector, 1));
        parsers.content(hex"040000");
        vm.expectPartialRevert(Der.DerLengthInvalid.selector);
        parsers.content(hex"04");
    }

    function test_tellsOidsApartByTheirLength() public {
        vm.assertEq(parsers.oid(hex"0603551d13"), bytes32(hex"551d13") | bytes32(uint256(3)));
        vm.assertNotEq(parsers.oid(hex"0604551d1300"), parsers.oid(hex"0603551d13"));
        vm.expectRevert(abi.encodeWithSelector(Der.DerValueInvalid.selector, 6));
        parsers.oid(hex"0600");
        bytes memory tooLong = abi.encodePacked(hex"0620", bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(Der.DerValueInvalid.selector, 6));
        parsers.oid(tooLong);
    }

    function test_readsDates() public view {
        vm.assertEq(parsers.fromDer("700101000000Z"), 0);
        vm.assertEq(parsers.fromDer("491231235959Z"), 2_524_607_999);
        vm.assertEq(parsers.fromDer("20500101000000Z"), 2_524_608_000);
        vm.assertEq(parsers.fromIso("2024-02-29T23:59:59Z"), 1_709_251_199);
        vm.assertEq(parsers.fromIso("2000-02-29T00:00:00Z"), 951_782_400);
        vm.assertEq(parsers.fromIso("2100-03-01T00:00:00Z"), 4_107_542_400);
    }

    function test_refusesDatesThatAreNone() public {
        string[14] memory dates = [
            "2023-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-32T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "1969-12-31T23:59:59Z",
            "2024-01-01T00:00:00",
            "2024-01-0aT00:00:00Z",
            "2024-01-0 T00:00:00Z"
        ];
        for (uint256 i = 0; i < 14; i++) {
            vm.expectRevert(abi.encodeWithSelector(Dates.DateMalformed.selector, bytes(dates[i])));
            parsers.fromIso(bytes(dates[i]));
        }
        for (uint256 i = 0; i < 6; i++) {
            bytes memory wrong = "2024-01-01T00:00:00Z";
            wrong[[4, 7, 10, 13, 16, 19][i]] = "x";
            vm.expectPartialRevert(Dates.DateMalformed.selector);
            parsers.fromIso(wrong);
        }
        vm.expectPartialRevert(Dates.DateMalformed.selector);
        parsers.fromDer("7001010000000");
        vm.expectPartialRevert(Dates.DateMalformed.selector);
        parsers.fromDer("0101000000Z");
        vm.expectPartialRevert(Dates.DateMalformed.selector);
        parsers.fromDer("500101000000Z"); // 1950
    }

    /// @notice Every day of 400 years is the one after the day before it.
    function test_everyDayFollowsTheDayBefore() public view {
        uint8[12] memory lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        uint256 expected = 0;
        for (uint256 year = 1970; year < 2110; year += 1) {
            for (uint256 month = 1; month <= 12; month++) {
                vm.assertEq(parsers.fromIso(dateOf(year, month)), expected);
                bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                expected += (lengths[month - 1] + (leap ? 1 : 0)) * 1 days;
            }
        }
    }

    function testFuzz_readsStringsOfEveryLength(uint8 length, bytes32 behind) public view {
        bytes memory inner = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            inner[i] = "x";
        }
        bytes memory json = abi.encodePacked('"', inner, '"', behind);
        assembly ("memory-safe") {
            mstore(json, add(length, 2))
        }
        vm.assertEq(parsers.text(json), keccak256(inner));
    }

    function test_refusesStringsThatDoNotEndOrAreEscaped() public {
        string[5] memory strings = ['"', '"abc', "abc", '"a\\"b"', ""];
        for (uint256 i = 0; i < 5; i++) {
            vm.expectRevert(Json.JsonStringInvalid.selector);
            parsers.text(bytes(strings[i]));
        }
        vm.expectPartialRevert(Json.JsonUnexpected.selector);
        parsers.text('"a"\\');
        vm.expectPartialRevert(Json.JsonUnexpected.selector);
        parsers.key('"a" :1');
    }

    /// @notice A quote or a digit behind the end of a document is none of it.
    function test_readsNothingBehindTheEnd() public {
        bytes memory json = '"abc"';
        assembly ("memory-safe") {
            mstore(json, 4)
        }
        vm.expectRevert(Json.JsonStringInvalid.selector);
        parsers.text(json);
        json = "123";
        vm.expectPartialRevert(Json.JsonUnexpected.selector);
        this.cutNumber(json);
    }

    function cutNumber(bytes memory json) external pure returns (uint256) {
        Span memory span = Spans.over(json);
        span.end -= 1;
        return Json.number(span, 1000);
    }

    function testFuzz_readsNumbers(uint32 value) public view {
        vm.assertEq(parsers.number(abi.encodePacked(vm.toString(uint256(value)), "}"), type(uint32).max), value);
    }

    function test_refusesNumbersThatAreNoneOrTooLarge() public {
        string[4] memory numbers = ["x", "-1", "", '"1"'];
        for (uint256 i = 0; i < 4; i++) {
            vm.expectPartialRevert(Json.JsonUnexpected.selector);
            parsers.number(bytes(numbers[i]), 9);
        }
        vm.expectRevert(abi.encodeWithSelector(Json.JsonNumberInvalid.selector, 256, 255));
        parsers.number("256}", 255);
        vm.expectPartialRevert(Json.JsonNumberInvalid.selector);
        parsers.number("99999999999999999999}", type(uint32).max);
    }

    function test_readsHexadecimalDigitsOfEitherCase() public {
        vm.assertEq(parsers.hexadecimal('"09aAfF"', 3), hex"09aaff");
        vm.expectRevert(abi.encodeWithSelector(Json.JsonHexInvalid.selector, 4, 6));
        parsers.hexadecimal('"09aA"', 3);
        string[4] memory wrong = ['"0g"', '"/0"', '":0"', '"0`"'];
        for (uint256 i = 0; i < 4; i++) {
            vm.expectPartialRevert(Json.JsonHexInvalid.selector);
            parsers.hexadecimal(bytes(wrong[i]), 1);
        }
    }

    function test_skipsAnyValue() public view {
        vm.assertEq(parsers.count("[]"), 0);
        vm.assertEq(parsers.count('[1,"a,]",{"b":[1,2],"c":{}},[[],[3]],true,null]'), 6);
        string[5] memory wrong = ["[1", "[1,", '["a"x]', "[1}", "{}"];
        for (uint256 i = 0; i < 5; i++) {
            (bool read,) = address(parsers).staticcall(abi.encodeCall(parsers.count, (bytes(wrong[i]))));
            vm.assertTrue(i == 2 || !read, wrong[i]);
        }
    }

    /// @notice Whatever bytes they get, the parsers end and give an answer or a reason.
    function testFuzz_endOnAnyBytes(bytes calldata data) public view {
        bytes[5] memory calls = [
            abi.encodeCall(parsers.content, (data)),
            abi.encodeCall(parsers.unsigned, (data)),
            abi.encodeCall(parsers.count, (data)),
            abi.encodeCall(parsers.text, (data)),
            abi.encodeCall(parsers.fromIso, (data))
        ];
        for (uint256 i = 0; i < 5; i++) {
            (bool read, bytes memory returned) = address(parsers).staticcall{gas: 5_000_000}(calls[i]);
            vm.assertTrue(read || returned.length >= 4, "no reason was given");
        }
    }

    function testFuzz_codeKeepsWhatIsWritten(bytes calldata data) public {
        vm.assertEq(CodeStorage.read(CodeStorage.write(data)), data);
    }

    function testFuzz_bytesAreComparedOneByOne(bytes32 left, bytes32 right) public pure {
        bool expected = true;
        for (uint256 i = 0; i < 32; i++) {
            expected = expected && left[i] >= right[i];
        }
        vm.assertEq(PlatformLevels.isAtLeast(left, right), expected);
        vm.assertTrue(PlatformLevels.isAtLeast(left, left & right), "less bits, less value");
    }

    function test_levelsAreFoundInTheirOrder() public pure {
        bytes memory levels = IsvLevels.append("", 8, TcbStatus.UpToDate);
        levels = IsvLevels.append(levels, 4, TcbStatus.OutOfDate);
        (bool found, TcbStatus status) = IsvLevels.reached(levels, 9);
        vm.assertTrue(found && status == TcbStatus.UpToDate, "the best level");
        (found, status) = IsvLevels.reached(levels, 7);
        vm.assertTrue(found && status == TcbStatus.OutOfDate, "the next level");
        (found,) = IsvLevels.reached(levels, 3);
        vm.assertTrue(!found, "no level");
        vm.assertTrue(IsvLevels.isNewest(levels, 8) && !IsvLevels.isNewest(levels, 7), "the newest");
        vm.assertTrue(!IsvLevels.isNewest("", 7), "none is the newest");
    }

    /// @notice The table of section 2.4 of the attestation digest: rows platform, columns UpToDate, OutOfDate, Revoked.
    function test_statusesConverge() public pure {
        TcbStatus[3] memory parts = [TcbStatus.UpToDate, TcbStatus.OutOfDate, TcbStatus.Revoked];
        uint8[3][7] memory table = [[0, 4, 6], [1, 4, 6], [2, 5, 6], [3, 5, 6], [4, 4, 6], [5, 5, 6], [6, 6, 6]];
        for (uint8 platform = 0; platform < 7; platform++) {
            for (uint256 part = 0; part < 3; part++) {
                TcbStatus seen = TcbStatuses.converge(TcbStatus(platform), parts[part]);
                vm.assertEq(uint8(seen), table[platform][part]);
            }
        }
    }

    /// @notice Intel's signatures may have either half of s, and nothing here counts them.
    function testFuzz_takesSignaturesOfBothHalves(uint256 key, bytes32 digest) public view {
        uint256 order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;
        key = within(key, 1, order - 1);
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        (bytes32 r, bytes32 s) = vm.signP256(key, digest);
        P256Key memory public_ = P256Key({x: bytes32(x), y: bytes32(y)});
        vm.assertTrue(P256Signatures.isOf(P256Signature({r: r, s: s}), digest, public_), "one half");
        bytes32 other = bytes32(order - uint256(s));
        vm.assertTrue(P256Signatures.isOf(P256Signature({r: r, s: other}), digest, public_), "the other half");
        vm.assertTrue(!P256Signatures.isOf(P256Signature({r: r, s: s}), ~digest, public_), "another digest");
        vm.assertTrue(!P256Signatures.isOf(P256Signature({r: r, s: bytes32(order)}), digest, public_), "s = N");
        vm.assertTrue(!P256Signatures.isOf(P256Signature({r: r, s: 0}), digest, public_), "s = 0");
    }

    function dateOf(uint256 year, uint256 month) private pure returns (bytes memory) {
        string memory padding = month < 10 ? "0" : "";
        return abi.encodePacked(vm.toString(year), "-", padding, vm.toString(month), "-01T00:00:00Z");
    }
}
