// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Times as certificates and Intel's documents write them, in seconds since 1970 UTC.
library Dates {
    error DateMalformed(bytes text);

    /// @param text `YYMMDDHHMMSSZ` (1950 to 2049) or `YYYYMMDDHHMMSSZ`, as in certificates
    function fromDer(bytes memory text) internal pure returns (uint64) {
        uint256 yearDigits = text.length == 13 ? 2 : 4;
        if (text.length != yearDigits + 11 || text[text.length - 1] != "Z") revert DateMalformed(text);
        uint256 year = _number(text, 0, yearDigits);
        if (yearDigits == 2) year += year < 50 ? 2000 : 1900;
        uint256 start = yearDigits;
        return _seconds(
            text,
            [
                year,
                _number(text, start, 2),
                _number(text, start + 2, 2),
                _number(text, start + 4, 2),
                _number(text, start + 6, 2),
                _number(text, start + 8, 2)
            ]
        );
    }

    /// @param text `YYYY-MM-DDTHH:MM:SSZ`
    function fromIso(bytes memory text) internal pure returns (uint64) {
        if (
            text.length != 20 || text[4] != "-" || text[7] != "-" || text[10] != "T" || text[13] != ":"
                || text[16] != ":" || text[19] != "Z"
        ) revert DateMalformed(text);
        return _seconds(
            text,
            [
                _number(text, 0, 4),
                _number(text, 5, 2),
                _number(text, 8, 2),
                _number(text, 11, 2),
                _number(text, 14, 2),
                _number(text, 17, 2)
            ]
        );
    }

    /// @dev Counts years from March, so that the leap day is the last one; exact for the Gregorian calendar.
    function _seconds(bytes memory text, uint256[6] memory fields) private pure returns (uint64) {
        (uint256 year, uint256 month, uint256 day) = (fields[0], fields[1], fields[2]);
        if (
            year < 1970 || month < 1 || month > 12 || day < 1 || day > _daysIn(year, month) || fields[3] > 23
                || fields[4] > 59 || fields[5] > 59
        ) revert DateMalformed(text);
        if (month < 3) year--;
        uint256 monthFromMarch = (month + 9) % 12;
        uint256 days_ = year * 365 + year / 4 - year / 100 + year / 400 + (153 * monthFromMarch + 2) / 5 + day - 1;
        // 719,468 days from the first of March of the year 0 to the first of January 1970.
        return uint64((days_ - 719_468) * 1 days + fields[3] * 1 hours + fields[4] * 1 minutes + fields[5]);
    }

    function _daysIn(uint256 year, uint256 month) private pure returns (uint256) {
        if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    function _number(bytes memory text, uint256 start, uint256 digits) private pure returns (uint256 value) {
        for (uint256 end = start + digits; start < end; start++) {
            bytes1 character = text[start];
            if (character < "0" || character > "9") revert DateMalformed(text);
            value = value * 10 + uint8(character) - 48;
        }
    }
}
