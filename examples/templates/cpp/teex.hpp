// teex.h for C++17: the same functions on strings, failing loudly. No exceptions: Debian's library has none for
// WebAssembly, so what goes wrong ends the task.
#ifndef TEEX_HPP
#define TEEX_HPP

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "teex.h"

namespace teex {

// Shown by `teex dev test` alone.
inline void log(std::string_view text) { teex_log(text.data(), static_cast<int32_t>(text.size())); }

// Ends the task with exit code 1; the user is told the code, the author (in development) why.
[[noreturn]] inline void fail(std::string_view why) {
  log(why);
  std::exit(1);
}

inline std::string input() {
  std::string text(static_cast<size_t>(teex_input_size()), '\0');
  if (teex_input_read(0, text.data(), static_cast<int32_t>(text.size())) < 0) fail("the input cannot be read");
  return text;
}

inline void output(std::string_view text) {
  if (teex_output_write(text.data(), static_cast<int32_t>(text.size())) < 0) fail("the output cannot be written");
}

// One of the order's data sets. Reads by range: what is not read is not even fetched.
class Dataset {
 public:
  explicit Dataset(int32_t index) : index_(index), size_(teex_dataset_size(index)) {}

  static int32_t count() { return teex_dataset_count(); }
  bool exists() const { return size_ >= 0; }
  int64_t size() const { return size_; }

  // At most `length` bytes from `offset` on: fewer at the end.
  std::string read(int64_t offset, int32_t length) const {
    int64_t left = std::max<int64_t>(0, std::min<int64_t>(length, size_ - offset));
    std::string bytes(static_cast<size_t>(left), '\0');
    if (teex_dataset_read(index_, offset, bytes.data(), static_cast<int32_t>(left)) != left)
      fail("the data cannot be read");
    return bytes;
  }

 private:
  int32_t index_;
  int64_t size_;
};

}  // namespace teex

#endif
