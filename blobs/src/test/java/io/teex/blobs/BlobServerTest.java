package io.teex.blobs;

import static io.teex.blobs.DirectoryBlobStoreTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobServerTest {
  private static final int MIB = 1 << 20;
  private static final int LIMIT = 4 * MIB;
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path directory;
  private DirectoryBlobStore store;
  private BlobServer server;
  private HttpBlobStore client;

  @BeforeEach
  void start() {
    store = DirectoryBlobStore.open(directory, LIMIT);
    server = BlobServer.start(loopback(0), store, LIMIT);
    client = new HttpBlobStore(address(server.port()), TIMEOUT, LIMIT);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    store.close();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static URI address(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, MIB, MIB + 1, LIMIT})
  void carriesBlobs(int size) {
    byte[] content = Contents.ofSize(size);

    Cid cid = client.put(content);

    assertThat(cid).isEqualTo(Cid.of(content));
    assertThat(client.get(cid)).isEqualTo(content);
  }

  @Test
  void answersPlainHttp() throws Exception {
    byte[] content = Contents.ofSize(3000);
    URI blobs = address(server.port()).resolve("/blobs");
    try (HttpClient http = HttpClient.newHttpClient()) {
      var posted =
          http.send(
              HttpRequest.newBuilder(blobs)
                  // Of unknown length, so chunked.
                  .POST(
                      HttpRequest.BodyPublishers.ofInputStream(
                          () -> new ByteArrayInputStream(content)))
                  .build(),
              BodyHandlers.ofString());
      assertThat(posted.statusCode()).isEqualTo(201);
      assertThat(posted.body()).isEqualTo(Cid.of(content).toString());

      var head =
          http.send(
              HttpRequest.newBuilder(URI.create(blobs + "/" + posted.body())).HEAD().build(),
              BodyHandlers.discarding());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(3000);

      var deleted =
          http.send(
              HttpRequest.newBuilder(URI.create(blobs + "/" + posted.body())).DELETE().build(),
              BodyHandlers.ofString());
      assertThat(deleted.statusCode()).isEqualTo(405);

      var tooLarge =
          http.send(
              HttpRequest.newBuilder(blobs)
                  .POST(
                      HttpRequest.BodyPublishers.ofInputStream(
                          () -> new ByteArrayInputStream(new byte[LIMIT + 1])))
                  .build(),
              BodyHandlers.ofString());
      assertThat(tooLarge.statusCode()).isEqualTo(400);
      assertThat(tooLarge.headers().firstValue("teex-code")).hasValue("MALFORMED");
    }
  }

  @Test
  void saysWhatItDoesNotHave() {
    assertFails(ErrorCode.BLOB_NOT_FOUND, () -> client.get(Cid.of(Contents.ofSize(77))));
  }

  @Test
  void refusesABlobAboveTheLimit() {
    try (HttpBlobStore generous = new HttpBlobStore(address(server.port()))) {
      assertFails(ErrorCode.MALFORMED, () -> generous.put(new byte[LIMIT + 1]));
    }
    assertFails(ErrorCode.MALFORMED, () -> client.put(new byte[LIMIT + 1]));
  }

  @Test
  void doesNotServeATamperedFile() throws IOException {
    Cid cid = client.put(Contents.ofSize(1000));
    Files.write(directory.resolve("blocks").resolve(cid.toString()), new byte[1000]);

    assertFails(ErrorCode.BLOB_TAMPERED, () -> client.get(cid));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/blobs/../secret",
        "/blobs/..%2fsecret",
        "/blobs/%2e%2e/secret",
        "/blobs//etc/passwd",
        "/blobs/../../../../../../etc/passwd",
        "/blobs/bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e/../../secret",
        "/blobs/",
        "/blobsecret",
        "/secret",
      })
  void leadsNowhereElse(String path) throws IOException {
    Files.writeString(directory.resolve("secret"), "the-secret");

    String answer =
        exchange(
            server.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).containsPattern("^HTTP/1.1 40[04] ").doesNotContain("the-secret", "root:");
  }

  @Test
  void keepsNothingOfATruncatedUpload() throws IOException {
    byte[] content = Contents.ofSize(100);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(ascii("POST /blobs HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n"));
      out.write(content);
      out.flush();
      socket.shutdownOutput();
      // The server may answer 400 or just hang up; either way it is done with the request.
      socket.getInputStream().readAllBytes();
    }

    assertFails(ErrorCode.BLOB_NOT_FOUND, () -> client.get(Cid.of(content)));
    assertThat(directory.resolve("blocks")).isEmptyDirectory();
  }

  @Test
  void takesBlobsFromManyCallersAtOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        byte[] content = Contents.ofSize(MIB + i % 7);
        calls.add(
            threads.submit(() -> {
              Cid cid = client.put(content);
              assertThat(client.get(cid)).isEqualTo(content);
            }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
  }

  @Test
  void refusesAPortInUse() {
    assertFails(
        ErrorCode.PORT_IN_USE, () -> BlobServer.start(loopback(server.port()), store, LIMIT));
  }

  @Test
  void clientNoticesOtherContentThanItAskedFor() throws Exception {
    Cid cid = Cid.of(ascii("hello"));

    try (Impostor impostor = new Impostor("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellO");
        HttpBlobStore victim = new HttpBlobStore(address(impostor.port()))) {
      assertFails(ErrorCode.BLOB_TAMPERED, () -> victim.get(cid));
    }
  }

  @Test
  void clientNoticesATransferCutShort() throws Exception {
    Cid cid = Cid.of(ascii("hello"));

    try (Impostor impostor = new Impostor("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
        HttpBlobStore victim = new HttpBlobStore(address(impostor.port()))) {
      assertFails(ErrorCode.UNAVAILABLE, () -> victim.get(cid));
    }
  }

  @Test
  void clientTakesNoEndlessAnswer() throws Exception {
    Cid cid = Cid.of(ascii("hello"));

    try (Impostor impostor =
            new Impostor("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + "x".repeat(4000));
        HttpBlobStore victim = new HttpBlobStore(address(impostor.port()), TIMEOUT, 1000)) {
      assertFails(ErrorCode.UNAVAILABLE, () -> victim.get(cid));
    }
  }

  @Test
  void clientDoesNotWaitForEverForABody() throws Exception {
    Cid cid = Cid.of(ascii("hello"));

    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpBlobStore victim =
            new HttpBlobStore(address(silent.getLocalPort()), Duration.ofMillis(200), LIMIT)) {
      assertFails(ErrorCode.UNAVAILABLE, () -> victim.get(cid));
    }
  }

  @Test
  void clientNoticesAnotherNameForItsBlob() throws Exception {
    String other = Cid.of(ascii("other")).toString();

    try (Impostor impostor =
            new Impostor("HTTP/1.1 201 Created\r\nContent-Length: 59\r\n\r\n" + other);
        HttpBlobStore victim = new HttpBlobStore(address(impostor.port()))) {
      assertFails(ErrorCode.BLOB_TAMPERED, () -> victim.put(ascii("hello")));
    }
  }

  @Test
  void clientSaysThatTheServerIsDown() {
    server.close();

    assertFails(ErrorCode.UNAVAILABLE, () -> client.get(Cid.of(ascii("hello"))));
    assertFails(ErrorCode.UNAVAILABLE, () -> client.put(ascii("hello")));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String exchange(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(ascii(request));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  /** Answers every request with the same bytes and hangs up. */
  private static final class Impostor implements AutoCloseable {
    private final ServerSocket socket;

    Impostor(String answer) throws IOException {
      socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> answerAll(ascii(answer)));
    }

    int port() {
      return socket.getLocalPort();
    }

    private void answerAll(byte[] answer) {
      while (!socket.isClosed()) {
        try (Socket connection = socket.accept()) {
          readRequest(connection.getInputStream());
          connection.getOutputStream().write(answer);
          connection.shutdownOutput();
          connection.getInputStream().readAllBytes();
        } catch (IOException e) {
          // Closed, or the victim hung up first.
        }
      }
    }

    private static void readRequest(InputStream in) throws IOException {
      StringBuilder header = new StringBuilder();
      while (header.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        header.append((char) next);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
