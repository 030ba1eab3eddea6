package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Trees, containers, HPKE and commitments against code that shares nothing with ours. */
class FormatVectorsTest {
  private static final JsonNode SEALED = Vectors.load("sealed.json");

  @Test
  void treesHaveTheSameRoots() {
    for (JsonNode vector : Vectors.load("receipt-tree.json")) {
      List<ReceiptLeaf> leaves =
          Vectors.elements(vector.get("leaves")).stream()
              .map(json -> Vectors.read(ReceiptLeaf.class, json))
              .toList();

      ReceiptTree tree = ReceiptTree.of(leaves);

      assertThat(tree.root()).isEqualTo(Vectors.bytes32(vector.get("root")));
      assertThat(tree.total()).isEqualTo(Amount.parse(vector.get("total").asString()));
      assertThat(tree.count()).isEqualTo(leaves.size());
    }
  }

  @Test
  void containersAreTheSameByteForByte() {
    SecretBytes key = SecretBytes.copyOf(Vectors.bytes(SEALED.get("key")).copy());
    for (JsonNode vector : SEALED.get("containers")) {
      int size = vector.get("size").asInt();
      byte[] content = fill("content of " + size, size);

      Bytes sealed =
          SealedContent.seal(
              key, SecretBytes.copyOf(content), always(Vectors.bytes(SEALED.get("salt"))));

      assertThat(Sha256.hash(sealed.copy())).isEqualTo(Vectors.bytes32(vector.get("sha256")));
      if (vector.has("container")) {
        Bytes container = Vectors.bytes(vector.get("container"));
        assertThat(sealed).isEqualTo(container);
        assertThat(SealedContent.open(key, container).expose()).isEqualTo(content);
      }
    }
  }

  @Test
  void dataSetsAreTheSameByteForByte() {
    SecretBytes key = SecretBytes.copyOf(Vectors.bytes(SEALED.get("key")).copy());
    for (JsonNode vector : SEALED.get("datasets")) {
      int size = vector.get("size").asInt();
      DatasetShape shape = new DatasetShape(size, vector.get("chunkBytes").asInt());
      byte[] content = fill("data of " + size, size);
      List<Bytes> chunks = new ArrayList<>();

      SealedDataset sealed =
          SealedDataset.seal(
              key,
              shape,
              i -> {
                int from = i * shape.chunkBytes();
                return Arrays.copyOfRange(content, from, from + shape.chunkSize(i));
              },
              (i, chunk) -> chunks.add(Bytes.of(chunk)),
              always(Vectors.bytes(SEALED.get("salt"))));

      assertThat(sealed.encode()).isEqualTo(Vectors.bytes(vector.get("index")));
      assertThat(chunks.getLast()).isEqualTo(Vectors.bytes(vector.get("last")));
      assertThat(Sha256.hash(Bytes.concat(chunks.toArray(Bytes[]::new)).copy()))
          .isEqualTo(Vectors.bytes32(vector.get("chunksSha256")));
      for (JsonNode view : vector.get("views")) {
        ChunkRange range = new ChunkRange(view.get("from").asInt(), view.get("to").asInt());
        DatasetKeys keys = sealed.keys(key).narrow(shape, range);
        assertThat(Bytes.of(keys.encode().expose())).isEqualTo(Vectors.bytes(view.get("keys")));
        assertThat(sealed.dataDigest(range)).isEqualTo(Vectors.bytes32(view.get("digest")));
      }
    }
  }

  @Test
  void hpkeSealsAndOpensTheSame() {
    JsonNode vector = SEALED.get("hpke");
    Hpke.KeyPair keys = keys(vector.get("privateKey"));
    byte[] info = Vectors.bytes(vector.get("info")).copy();
    byte[] aad = Vectors.bytes(vector.get("aad")).copy();
    SecretBytes plaintext = SecretBytes.copyOf(Vectors.bytes(vector.get("plaintext")).copy());

    assertThat(keys.publicKey()).isEqualTo(Vectors.bytes32(vector.get("publicKey")));
    assertThat(
            Hpke.seal(
                keys.publicKey(), info, aad, plaintext, keys(vector.get("ephemeralPrivateKey"))))
        .isEqualTo(Vectors.bytes(vector.get("sealed")));
    assertThat(Hpke.open(keys, info, aad, Vectors.bytes(vector.get("sealed"))).sameAs(plaintext))
        .isTrue();
  }

  @Test
  void callsAndAnswersAreSealedTheSame() {
    JsonNode vector = SEALED.get("call");
    Hpke.KeyPair receiver = keys(SEALED.get("hpke").get("privateKey"));
    String path = vector.get("path").asString();
    SecretBytes request = SecretBytes.copyOf(Vectors.bytes(vector.get("request")).copy());
    SecretBytes answer = SecretBytes.copyOf(Vectors.bytes(vector.get("answer")).copy());
    Bytes sealedRequest = Vectors.bytes(vector.get("sealedRequest"));
    Bytes sealedAnswer = Vectors.bytes(vector.get("sealedAnswer"));

    SealedCall.Asked asked =
        SealedCall.ask(
            receiver.publicKey(), path, request, keys(vector.get("ephemeralPrivateKey")));
    SealedCall.Received received = SealedCall.receive(receiver, path, sealedRequest);

    assertThat(asked.request()).isEqualTo(sealedRequest);
    assertThat(asked.open(sealedAnswer).sameAs(answer)).isTrue();
    assertThat(received.request().sameAs(request)).isTrue();
    assertThat(received.answer(answer, always(Vectors.bytes(vector.get("nonce")))))
        .isEqualTo(sealedAnswer);
  }

  @Test
  void commitmentsAreTheSame() {
    for (JsonNode vector : SEALED.get("commitments")) {
      Bytes32 salt = Vectors.bytes32(vector.get("salt"));
      byte[] content = Vectors.bytes(vector.get("content")).copy();

      Bytes32 commitment =
          switch (vector.get("kind").asString()) {
            case "input" -> Commitment.input(salt, content);
            case "output" -> Commitment.output(salt, content);
            case "image" -> Commitment.image(salt, content);
            case "seed" -> Commitment.seed(salt, content);
            default -> throw new AssertionError(vector);
          };

      assertThat(commitment).isEqualTo(Vectors.bytes32(vector.get("commitment")));
    }
  }

  private static Hpke.KeyPair keys(JsonNode privateKey) {
    return Hpke.KeyPair.of(SecretBytes.copyOf(Vectors.bytes(privateKey).copy()));
  }

  /** As the script fills its contents. */
  private static byte[] fill(String label, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; out.size() < size; i++) {
      byte[] text = "%s %d".formatted(label, i).getBytes(StandardCharsets.US_ASCII);
      out.writeBytes(Keccak.hash(text).copy());
    }
    return Arrays.copyOf(out.toByteArray(), size);
  }

  private static RandomGenerator always(Bytes value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public void nextBytes(byte[] bytes) {
        value.copyTo(bytes, 0);
      }
    };
  }
}
