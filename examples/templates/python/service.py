"""A service in Python: the ten most frequent words of the input.

Input: text. Output: lines of "word count".
"""
import re
import sys
from collections import Counter

words = re.findall("[a-z]+", sys.stdin.buffer.read().decode("latin-1").lower(), re.ASCII)
if not words:
    sys.exit("the input holds no words")
counts = Counter(words)
print(f"{len(words)} words, {len(counts)} counted", file=sys.stderr)
for word, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:10]:
    print(word, count)
