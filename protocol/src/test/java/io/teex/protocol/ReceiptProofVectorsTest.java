package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Proofs of fixed trees, which the contracts' tests read: what Java proves, Solidity must accept.
 * Each is {@code abi.encode} of a leaf and its proof. With {@code -DTEEX_WRITE_VECTORS=true} the
 * file is written instead of compared.
 */
class ReceiptProofVectorsTest {
  private static final Path FILE = Path.of("src/test/resources/vectors/receipt-proofs.json");
  private static final int PROOFS_PER_TREE = 4;

  record Settled(ReceiptLeaf leaf, ReceiptTree.Proof proof) {}

  @Test
  void areWhatThisModuleProves() throws IOException {
    JsonMapper mapper = new JsonMapper();
    ArrayNode trees = mapper.createArrayNode();
    for (int size : List.of(1, 2, 3, 5, 8, 33, 100, 700)) {
      List<ReceiptLeaf> leaves = leaves(size);
      ReceiptTree tree = ReceiptTree.of(leaves);
      ArrayNode proofs = mapper.createArrayNode();
      for (ReceiptLeaf leaf : leaves.subList(0, Math.min(size, PROOFS_PER_TREE))) {
        Settled settled = new Settled(leaf, tree.prove(leaf));
        proofs.add(Bytes.of(TypedData.encode(settled)).toString());
      }
      trees
          .addObject()
          .put("root", tree.root().toString())
          .put("total", tree.total().toString())
          .set("proofs", proofs);
    }
    String text = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(trees) + "\n";

    if (Boolean.getBoolean("TEEX_WRITE_VECTORS")) {
      Files.writeString(FILE, text);
    }
    assertThat(Files.readString(FILE)).isEqualTo(text);
  }

  private static List<ReceiptLeaf> leaves(int size) {
    RandomGenerator random = new Random(size);
    List<ReceiptLeaf> leaves = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      ReceiptLeaf.Kind kind = List.of(ReceiptLeaf.Kind.values()).get(random.nextInt(3));
      boolean isVoid = kind == ReceiptLeaf.Kind.VOID;
      leaves.add(
          new ReceiptLeaf(
              new Address(Keccak.hash(new byte[] {(byte) random.nextInt(9)}).value().slice(12, 32)),
              random.nextInt(2),
              kind == ReceiptLeaf.Kind.REQUEST ? 0 : i + 1,
              kind,
              isVoid ? Bytes32.ZERO : Keccak.hash(BigInteger.valueOf(i).toByteArray()),
              isVoid ? Amount.ZERO : new Amount(new BigInteger(100, new Random(i)))));
    }
    leaves.sort(Comparator.comparing(ReceiptLeaf::receipt));
    return leaves;
  }
}
