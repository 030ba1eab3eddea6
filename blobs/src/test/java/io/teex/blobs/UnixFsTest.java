package io.teex.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixFsTest {
  private static final UnixFs SMALL = new UnixFs(8, 3);

  private final Map<Cid, byte[]> blocks = new HashMap<>();

  private Cid write(byte[] content) {
    return SMALL.write(
        content, (cid, bytes, from, to) -> blocks.put(cid, Arrays.copyOfRange(bytes, from, to)));
  }

  private byte[] block(Cid cid) {
    return Objects.requireNonNull(blocks.get(cid));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 24, 25, 72, 73, 1000})
  void readsWhatItWrote(int size) {
    byte[] content = Contents.ofSize(size);

    Cid root = write(content);

    assertThat(UnixFs.read(root, this::block, size)).isEqualTo(content);
    assertThat(UnixFs.contentBytes(root, block(root))).isEqualTo(size);
  }

  @Test
  void refusesContentAboveTheLimit() {
    Cid root = write(Contents.ofSize(100));

    assertThatThrownBy(() -> UnixFs.read(root, this::block, 99))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }

  @Test
  void refusesAParentThatLiesAboutTheSizeOfItsChild() {
    Cid leaf = write(Contents.ofSize(5));
    DagNode lie = new DagNode(List.of(new DagNode.Link(leaf, 6, 5)));
    Cid root = Cid.ofBlock(Cid.Codec.DAG_PB, lie.encode());
    blocks.put(root, lie.encode());

    assertThatThrownBy(() -> UnixFs.read(root, this::block, 1000))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }

  @Test
  void decodesNoChangedNodeToTheSameNode() {
    DagNode node =
        new DagNode(
            List.of(
                new DagNode.Link(Cid.of(Contents.ofSize(3)), 300, 300),
                new DagNode.Link(Cid.of(Contents.ofSize(4)), 4, 4)));
    byte[] block = node.encode();
    assertThat(DagNode.decode(block)).isEqualTo(node);

    for (int bit = 0; bit < block.length * 8; bit++) {
      byte[] changed = block.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(DagNode.decode(changed)).isNotEqualTo(node);
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED);
      }
    }
    for (int size = 0; size < block.length; size++) {
      byte[] cut = Arrays.copyOf(block, size);
      assertThatThrownBy(() -> DagNode.decode(cut)).isInstanceOf(TeexException.class);
    }
  }

  @Test
  void survivesGarbage() {
    long seed = new Random().nextLong();
    System.out.println("UnixFsTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      byte[] garbage = new byte[random.nextInt(80)];
      random.nextBytes(garbage);
      try {
        DagNode.decode(garbage);
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED);
      }
    }
  }
}
