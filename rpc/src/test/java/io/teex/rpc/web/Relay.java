package io.teex.rpc.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Stands between a caller and a node, keeps what passes, and does with it what it is told. */
final class Relay implements AutoCloseable {
  /** What a caller asks, as bytes. */
  record Question(String method, String uri, Bytes content) {
    byte[] body() {
      return content.copy();
    }

    boolean isCall() {
      return method.equals("POST");
    }

    Question withBody(byte[] other) {
      return new Question(method, uri, Bytes.of(other));
    }

    Question withUri(String other) {
      return new Question(method, other, content);
    }
  }

  /** What is answered, as bytes. */
  record Reply(int status, Bytes content) {
    static Reply of(int status, byte[] body) {
      return new Reply(status, Bytes.of(body));
    }

    byte[] body() {
      return content.copy();
    }
  }

  /** Answers in the node's place; {@code node} is the way to it. */
  interface Manner {
    Reply answer(Question question, Node node);
  }

  /** The node behind. */
  interface Node {
    Reply ask(Question question);
  }

  final List<Question> questions = new CopyOnWriteArrayList<>();
  final List<Reply> replies = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI node;
  private volatile Manner manner = (question, behind) -> behind.ask(question);

  Relay(URI node) throws IOException {
    this.node = node;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::pass);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void does(Manner other) {
    manner = other;
  }

  /** Changes what callers say in calls. */
  void changesRequests(UnaryOperator<Question> change) {
    does((question, behind) -> behind.ask(question.isCall() ? change.apply(question) : question));
  }

  /** Changes what the node answers to calls. */
  void changesAnswers(UnaryOperator<byte[]> change) {
    does((question, behind) -> {
      Reply reply = behind.ask(question);
      return question.isCall() ? Reply.of(reply.status(), change.apply(reply.body())) : reply;
    });
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      Question question =
          new Question(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              Bytes.of(exchange.getRequestBody().readAllBytes()));
      questions.add(question);
      Reply reply = manner.answer(question, this::ask);
      replies.add(reply);
      exchange.sendResponseHeaders(
          reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
      exchange.getResponseBody().write(reply.body());
    }
  }

  Reply ask(Question question) {
    return ask(node, question);
  }

  Reply ask(URI at, Question question) {
    try {
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(URI.create(at + question.uri()))
                  .method(
                      question.method(), HttpRequest.BodyPublishers.ofByteArray(question.body()))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return Reply.of(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
