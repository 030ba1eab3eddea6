// A service in C++: the ten most frequent words of the input, without those that data set 0 lists.
//
// Input: text. Data (may be missing): one word a line. Output: lines of "word count".
#include <map>
#include <set>
#include <vector>

#include "teex.hpp"

namespace {

constexpr size_t kTop = 10;
constexpr int32_t kChunk = 4096;

// Letters only, and in lower case; all other bytes separate words.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (char c : text) {
    bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z')) {
      word += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::set<std::string> stop_words() {
  teex::Dataset data(0);
  std::string text;
  for (int64_t at = 0; at < data.size(); at += kChunk) text += data.read(at, kChunk);
  std::vector<std::string> words = words_of(text);
  return {words.begin(), words.end()};
}

}  // namespace

int main() {
  std::vector<std::string> words = words_of(teex::input());
  if (words.empty()) teex::fail("the input holds no words");
  std::set<std::string> stop = stop_words();
  std::map<std::string, int> counts;
  for (const std::string &word : words)
    if (stop.count(word) == 0) counts[word]++;
  std::vector<std::pair<std::string, int>> order(counts.begin(), counts.end());
  // Stable, so that words of one count stay in the map's order.
  std::stable_sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
  teex::log(std::to_string(words.size()) + " words, " + std::to_string(order.size()) + " counted");
  for (size_t i = 0; i < order.size() && i < kTop; i++)
    teex::output(order[i].first + " " + std::to_string(order[i].second) + "\n");
}
