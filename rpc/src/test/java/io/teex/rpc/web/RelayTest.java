package io.teex.rpc.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.StoreGrpc;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attacks by whoever carries evidence and sealed calls between a caller and a node. */
@Timeout(60)
final class RelayTest {
  private static final String SECRET = "a secret that nobody between may see";

  @TempDir Path directory;
  private WebFixture node;
  private Relay relay;
  private SealedCaller caller;

  @BeforeEach
  void start() throws Exception {
    node = new WebFixture(directory.resolve("platform"));
    relay = new Relay(node.uri());
    caller = node.caller(relay.uri()).open();
  }

  @AfterEach
  void stop() {
    caller.close();
    relay.close();
    node.close();
  }

  private String callGet() {
    GetRequest request = GetRequest.newBuilder().setKey(ByteString.copyFromUtf8(SECRET)).build();
    return caller.call(StoreGrpc.getGetMethod(), request).getEntry().getKey().toStringUtf8();
  }

  private Relay.Question lastCall() {
    return relay.questions.stream().filter(Relay.Question::isCall).toList().getLast();
  }

  private static byte[] flip(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[Math.floorMod(at, bytes.length)] ^= 1;
    return flipped;
  }

  @Test
  void itSeesNothingButSizesAndTheMethod() {
    assertThat(callGet()).isEqualTo(SECRET);

    assertThat(relay.questions).hasSize(2);
    assertThat(lastCall().uri()).isEqualTo("/call/teex.Store/Get");
    for (Relay.Question question : relay.questions) {
      assertThat(new String(question.body(), ISO_8859_1)).doesNotContain("secret");
    }
    for (Relay.Reply reply : relay.replies) {
      assertThat(new String(reply.body(), ISO_8859_1)).doesNotContain("secret");
    }
  }

  @Test
  void itChangesNoByteOfARequest() {
    for (int at : new int[] {0, 31, 32, 40, -17, -16, -1}) {
      relay.changesRequests(question -> question.withBody(flip(question.body(), at)));

      assertRefused(ErrorCode.BLOB_TAMPERED, "does not open", this::callGet);
    }
    assertThat(node.store.calls).hasValue(0);
  }

  @Test
  void itCutsAndLengthensNoRequest() {
    for (int size : new int[] {0, 1, 31, 32, 47, 48, 60, 200}) {
      relay.changesRequests(question -> question.withBody(Arrays.copyOf(question.body(), size)));

      assertRefused(ErrorCode.BLOB_TAMPERED, "does not open", this::callGet);
    }
    assertThat(node.store.calls).hasValue(0);
  }

  @Test
  void itDirectsNoRequestToAnotherMethod() {
    relay.changesRequests(question -> question.withUri("/call/teex.Store/Status"));

    assertRefused(ErrorCode.BLOB_TAMPERED, "does not open", this::callGet);
    assertThat(node.store.calls).hasValue(0);
  }

  @Test
  void itChangesNoByteOfAnAnswer() {
    for (int at : new int[] {0, 31, 32, 40, -16, -1}) {
      relay.changesAnswers(body -> flip(body, at));

      assertRefused(ErrorCode.BLOB_TAMPERED, "answer does not open", this::callGet);
    }
  }

  @Test
  void itCutsNoAnswer() {
    for (int size : new int[] {0, 1, 32, 47, 48, 60}) {
      relay.changesAnswers(body -> Arrays.copyOf(body, size));

      assertRefused(ErrorCode.BLOB_TAMPERED, "sealed answer", this::callGet);
    }
  }

  @Test
  void itGivesNoAnswerToAnotherRequest() {
    List<byte[]> answers = new CopyOnWriteArrayList<>();
    relay.changesAnswers(body -> {
      answers.add(body);
      return answers.getFirst();
    });

    assertThat(callGet()).isEqualTo(SECRET);
    assertRefused(ErrorCode.BLOB_TAMPERED, "to another request", this::callGet);
  }

  @Test
  void whatItSendsAgainItCannotReadTheAnswerOf() {
    callGet();
    Relay.Question recorded = lastCall();

    Relay.Reply again = relay.ask(recorded);

    assertThat(again.status()).isEqualTo(200);
    assertThat(new String(again.body(), ISO_8859_1)).doesNotContain("secret");
    assertThat(again.body()).isNotEqualTo(relay.replies.getLast().body());
    assertThat(node.store.calls).hasValue(2);
  }

  @Test
  void whatItRecordedOpensNoMoreOnceTheKeyIsGone() {
    callGet();
    Relay.Question recorded = lastCall();

    node.passes(HpkeKeys.LIFE.multipliedBy(2).minus(Duration.ofSeconds(1)));
    assertThat(relay.ask(recorded).status()).isEqualTo(200);
    node.passes(Duration.ofSeconds(2));
    Relay.Reply late = relay.ask(recorded);

    assertThat(late.status()).isEqualTo(400);
    assertThat(new String(late.body(), UTF_8)).contains("BLOB_TAMPERED");
    assertThat(node.store.calls).hasValue(2);
  }

  @Test
  void whatItRecordedOpensInNoOtherProcess() {
    callGet();
    NodeIdentity other = node.node(Role.STORE, WebFixture.measurement(Role.STORE));
    try (AttestedServer server =
            AttestedServer.as(other, node.policy)
                .service(node.store, io.teex.rpc.Access.none().users("Get"))
                .start();
        WebServer web = WebServer.as(other, server.anonymousCalls()).start()) {
      Relay.Reply reply = relay.ask(URI.create("http://" + web.endpoint()), lastCall());

      assertThat(reply.status()).isEqualTo(400);
    }
    assertThat(node.store.calls).hasValue(1);
  }

  @Test
  void itPutsNoKeyOfItsOwnIntoTheEvidence() {
    Hpke.KeyPair own = Hpke.KeyPair.generate(WebFixture.RANDOM);
    relay.does((question, behind) ->
        replaced(
            behind.ask(question),
            "\"hpkeKey\":\"[0-9a-f]{64}\"",
            "\"hpkeKey\":\"%s\"".formatted(own.publicKey().value().toHex())));

    assertRefused(ErrorCode.ATTESTATION_REFUSED, "report-data-mismatch", this::callGet);
    assertThat(relay.questions).noneMatch(Relay.Question::isCall);
  }

  @Test
  void itNamesNoOtherTlsKeyInTheEvidence() {
    relay.does((question, behind) ->
        replaced(
            behind.ask(question),
            "\"tlsKeyHash\":\"[0-9a-f]{64}\"",
            "\"tlsKeyHash\":\"%s\"".formatted("0".repeat(64))));

    assertRefused(ErrorCode.ATTESTATION_REFUSED, "report-data-mismatch", this::callGet);
  }

  private static Relay.Reply replaced(Relay.Reply reply, String pattern, String by) {
    String changed = new String(reply.body(), UTF_8).replaceFirst(pattern, by);
    return Relay.Reply.of(reply.status(), changed.getBytes(UTF_8));
  }

  @Test
  void itShowsNoEvidenceOfEarlier() {
    List<Relay.Reply> shown = new CopyOnWriteArrayList<>();
    relay.does((question, behind) -> {
      Relay.Reply reply = behind.ask(question);
      if (!question.isCall()) {
        shown.add(reply);
        return shown.getFirst();
      }
      return reply;
    });
    callGet();
    node.passes(SealedCaller.JUDGED_FOR.plusSeconds(1));

    assertRefused(ErrorCode.ATTESTATION_REFUSED, "report-data-mismatch", this::callGet);
  }

  @Test
  void itLeadsToNoNodeOfAnotherRole() {
    NodeIdentity worker = node.node(Role.WORKER, WebFixture.measurement(Role.WORKER));
    try (AttestedServer server = AttestedServer.as(worker, node.policy).start();
        WebServer web = WebServer.as(worker, server.anonymousCalls()).start()) {
      relay.does((question, behind) -> relay.ask(URI.create("http://" + web.endpoint()), question));

      assertRefused(ErrorCode.ATTESTATION_REFUSED, "role-not-allowed", this::callGet);
    }
  }

  @Test
  void itInventsNoFailureOfTheService() {
    says(200, "{\"error\":\"LICENCE_REVOKED\",\"message\":\"it is over\"}");
    assertRefused(ErrorCode.BLOB_TAMPERED, "sealed answer", this::callGet);

    says(409, "{\"error\":\"LICENCE_REVOKED\",\"message\":\"it is over\"}");
    assertRefused(ErrorCode.UNAVAILABLE, "answered with status 409", this::callGet);

    says(403, "{\"error\":\"PERMISSION_DENIED\",\"message\":\"you may not\"}");
    assertRefused(
        ErrorCode.PERMISSION_DENIED, "or somebody between, says in the clear", this::callGet);

    says(503, "{\"error\":\"UNAVAILABLE\",\"message\":\"\u001b[2J\"}");
    assertRefused(ErrorCode.UNAVAILABLE, "answered with status 503", this::callGet);
  }

  private void says(int status, String text) {
    relay.does((question, behind) ->
        question.isCall() ? Relay.Reply.of(status, text.getBytes(UTF_8)) : behind.ask(question));
  }

  @Test
  void sayingThatARequestDidNotOpenMakesNoCallerAskTwice() {
    says(400, "{\"error\":\"BLOB_TAMPERED\",\"message\":\"another key\"}");

    assertRefused(ErrorCode.BLOB_TAMPERED, "in the clear", this::callGet);

    assertThat(relay.questions.stream().filter(Relay.Question::isCall)).hasSize(1);
  }

  @Test
  void anythingElseThanEvidenceIsRefused() {
    for (String page :
        new String[] {"", "<html>", "{}", "{\"kind\":\"SIMULATED\"}", "x".repeat(30_000)}) {
      relay.does((question, behind) -> Relay.Reply.of(200, page.getBytes(UTF_8)));
      assertRefused(ErrorCode.MALFORMED, "something else than evidence", this::callGet);
    }
    relay.does((question, behind) -> Relay.Reply.of(200, new byte[1 << 20]));
    assertRefused(ErrorCode.UNAVAILABLE, "cannot be reached", this::callGet);
    relay.does((question, behind) -> Relay.Reply.of(302, new byte[0]));
    assertRefused(ErrorCode.UNAVAILABLE, "answered with status 302", this::callGet);
    String unknown =
        "{\"kind\":\"NONE\",\"role\":\"store\",\"evidence\":\"A\",\"documents\":{},\"hpkeKey\":\"%1$s\",\"tlsKeyHash\":\"%1$s\",\"nonce\":\"00\",\"simulated\":false}"
            .formatted("0".repeat(64));
    relay.does((question, behind) -> Relay.Reply.of(200, unknown.getBytes(UTF_8)));
    assertRefused(ErrorCode.MALFORMED, "something else than evidence", this::callGet);
  }

  @Test
  void onlyWhatMayComeAlongWithEvidenceIsTaken() {
    alongside("\"vek\":\"AA==\",\"event-log\":\"AA==\"");
    caller.connect();

    for (String documents :
        List.of(
            "\"vek-crl\":\"AA==\"",
            "\"vek\":\"AA==\",\"vek\":\"AA==\"",
            "\"vek\":\"A\"",
            "\"event-log\":\"%s\"".formatted("A".repeat(4 * 30_000)))) {
      alongside(documents);
      assertRefused(ErrorCode.MALFORMED, "something else than evidence", caller::connect);
    }
  }

  /** The node's own evidence with these documents beside it. */
  private void alongside(String documents) {
    relay.does((question, behind) -> {
      Relay.Reply genuine = behind.ask(question);
      String json = new String(genuine.body(), UTF_8);
      return Relay.Reply.of(
          200,
          json.replace("\"documents\":{}", "\"documents\":{%s}".formatted(documents))
              .getBytes(UTF_8));
    });
  }

  @Test
  void whoeverHoldsAnAnswerBackIsWaitedForSoLong() {
    CountDownLatch never = new CountDownLatch(1);
    relay.does((question, behind) -> {
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return behind.ask(question);
    });
    try (SealedCaller hasty = node.caller(relay.uri()).deadline(Duration.ofMillis(200)).open()) {
      assertRefused(ErrorCode.UNAVAILABLE, "did not answer within", hasty::connect);
    } finally {
      never.countDown();
    }
  }

  @Test
  void aKeyOfSmallOrderIsNotSealedTo() {
    // It would have to be attested, too; should a TEE ever vouch for one, sealing refuses it.
    assertRefused(
        ErrorCode.MALFORMED,
        "no X25519 public key",
        () ->
            io.teex.protocol.SealedCall.ask(
                io.teex.protocol.Bytes32.ZERO,
                "/call/x",
                io.teex.protocol.SecretBytes.copyOf(Bytes.EMPTY.copy()),
                WebFixture.RANDOM));
  }

  private static void assertRefused(ErrorCode code, String words, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(words);
  }
}
