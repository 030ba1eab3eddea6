package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.SealedAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that shares no code with this one understands the wire as it is written down. */
@Timeout(120)
final class OtherClientTest {
  private static final Path SCRIPTS = Path.of("../protocol/src/test/js");

  @Test
  void aPageUnderstandsIt(@TempDir Path directory) throws Exception {
    assumeTrue(
        Files.isDirectory(SCRIPTS.resolve("node_modules/@hpke/core")),
        "SKIPPED: run 'npm ci' in protocol/src/test/js to call a node from JavaScript");
    GetRequest request =
        GetRequest.newBuilder().setKey(ByteString.copyFromUtf8("from a page")).build();
    try (WebFixture node = new WebFixture(directory)) {
      Process page =
          new ProcessBuilder(
                  "node",
                  "call.mjs",
                  node.uri().toString(),
                  "teex.Store/Get",
                  HexFormat.of().formatHex(request.toByteArray()))
              .directory(SCRIPTS.toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(page.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(page.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(page.exitValue()).as(said).isZero();
      SealedAnswer answer = SealedAnswer.parseFrom(HexFormat.of().parseHex(said.strip()));
      assertThat(GetResponse.parseFrom(answer.getAnswer()).getEntry().getKey())
          .isEqualTo(request.getKey());
    }
  }
}
