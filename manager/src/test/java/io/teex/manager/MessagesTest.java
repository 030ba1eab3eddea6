package io.teex.manager;

import static io.teex.manager.testing.Codes.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.teex.manager.release.Grant;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.SecretBytes;
import io.teex.rpc.proto.ReleaseResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesTest {
  @Test
  void refusesKeysOfAnotherSize() {
    assertThat(Messages.key("image key", ByteString.copyFrom(new byte[32])).size()).isEqualTo(32);

    refuses(
        ErrorCode.MALFORMED,
        "image key",
        () -> Messages.key("image key", ByteString.copyFrom(new byte[31])));
    refuses(ErrorCode.MALFORMED, () -> Messages.key("image key", ByteString.EMPTY));
    refuses(
        ErrorCode.MALFORMED, () -> Messages.bytes32("digest", ByteString.copyFrom(new byte[33])));
  }

  @Test
  void refusesASealedInputHeaderOfAnotherSize() {
    refuses(ErrorCode.MALFORMED, () -> Messages.sealedInputHeader(ByteString.EMPTY));
    refuses(
        ErrorCode.MALFORMED, () -> Messages.sealedInputHeader(ByteString.copyFrom(new byte[81])));
  }

  @Test
  void refusesWhatIsNoSignedDocument() {
    refuses(
        ErrorCode.MALFORMED,
        () -> Messages.signed(ImageRegistration.class, ByteString.copyFromUtf8("no")));
  }

  @Test
  void refusesShardNamesThatCouldMeanSomethingElse() {
    assertThat(Messages.shard("main-2")).isEqualTo("main-2");

    for (String name : List.of("", "main 1", "Main", "a".repeat(65), "a/b")) {
      refuses(ErrorCode.MALFORMED, () -> Messages.shard(name));
    }
  }

  @Test
  void aGrantTravelsWhole() {
    SecretBytes key = SecretBytes.copyOf(new byte[] {1});
    Grant grant =
        new Grant("image-cid", key, List.of(new Grant.Data("data-cid", key, Bytes32.ZERO, 5)), key);

    ReleaseResponse response = Messages.release(grant);

    assertThat(response.getImageCid()).isEqualTo("image-cid");
    assertThat(response.getDatasets(0).getCid()).isEqualTo("data-cid");
    assertThat(response.getDatasets(0).getOutputBytesMax()).isEqualTo(5);
  }
}
