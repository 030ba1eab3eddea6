package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Where a contract's variables lie in its storage, as the compiler wrote it into the artifact.
 *
 * @see <a
 *     href="https://docs.soliditylang.org/en/latest/internals/layout_in_storage.html">Layout</a>
 */
record StorageLayout(Map<String, Variable> variables) {
  private static final int WORD = 32;

  /**
   * A part of a struct.
   *
   * @param slot relative to the struct's
   * @param offset in bytes from the word's low end
   */
  record Member(long slot, int offset, int bytes) {
    BigInteger of(Bytes32 word) {
      return new BigInteger(1, word.copy())
          .shiftRight(8 * offset)
          .and(BigInteger.ONE.shiftLeft(8 * bytes).subtract(BigInteger.ONE));
    }
  }

  /**
   * @param members of the struct that the variable is or that its mappings end in
   */
  record Variable(long slot, Map<String, Member> members) {
    Member member(String name) {
      Member member = members.get(name);
      if (member == null) {
        throw new IllegalStateException("no member %s in %s".formatted(name, members.keySet()));
      }
      return member;
    }

    /** How many words the struct takes. */
    long words() {
      return 1 + members.values().stream().mapToLong(Member::slot).max().orElse(0);
    }

    /** Where the struct lies that mappings of mappings hold under these keys, outermost first. */
    List<Bytes32> slots(Bytes32... keys) {
      Bytes32 start = word(BigInteger.valueOf(slot));
      for (Bytes32 key : keys) {
        start = Keccak.hash(Bytes.concat(key.value(), start.value()).copy());
      }
      List<Bytes32> slots = new ArrayList<>();
      BigInteger first = new BigInteger(1, start.copy());
      for (long i = 0; i < words(); i++) {
        slots.add(word(first.add(BigInteger.valueOf(i))));
      }
      return slots;
    }
  }

  StorageLayout {
    variables = Map.copyOf(variables);
  }

  /**
   * @param storage of an artifact
   */
  static StorageLayout of(JsonNode storage) {
    Map<String, Variable> variables = new HashMap<>();
    for (JsonNode variable : storage) {
      Map<String, Member> members = new HashMap<>();
      for (JsonNode member : variable.required("members")) {
        members.put(
            member.required("name").asString(),
            new Member(
                member.required("slot").asLong(),
                member.required("offset").asInt(),
                member.required("bytes").asInt()));
      }
      variables.put(
          variable.required("name").asString(),
          new Variable(variable.required("slot").asLong(), Map.copyOf(members)));
    }
    return new StorageLayout(variables);
  }

  Variable variable(String name) {
    Variable variable = variables.get(name);
    if (variable == null) {
      throw new IllegalStateException("no variable %s in %s".formatted(name, variables.keySet()));
    }
    return variable;
  }

  static Bytes32 word(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] word = new byte[WORD];
    int size = Math.min(bytes.length, WORD);
    System.arraycopy(bytes, bytes.length - size, word, WORD - size, size);
    return new Bytes32(Bytes.of(word));
  }
}
