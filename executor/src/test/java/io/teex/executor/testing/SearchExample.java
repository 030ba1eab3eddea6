package io.teex.executor.testing;

import io.teex.protocol.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The image of the search example, as {@code examples/search/image.mjs} makes it. */
public final class SearchExample {
  private static final String MODEL_SHA256 =
      "0xafdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1";
  private static final String TOKENIZER_SHA256 =
      "0xda0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0";
  private static final Pattern WORD =
      Pattern.compile("^ +\"((?:[^\"\\\\]|\\\\.)+)\": (\\d+),?$", Pattern.MULTILINE);

  private SearchExample() {}

  public static byte[] model() {
    return pinned("/all-minilm-l6-v2-q.onnx", MODEL_SHA256);
  }

  public static byte[] image() {
    return section(
        section(Examples.wasm("search/search"), "teex.args", arguments()), "teex.model", model());
  }

  private static byte[] arguments() {
    String tokenizer =
        new String(
            pinned("/all-minilm-l6-v2-q-tokenizer.json", TOKENIZER_SHA256), StandardCharsets.UTF_8);
    Matcher words = WORD.matcher(tokenizer.substring(tokenizer.indexOf("\"vocab\"")));
    List<String> vocabulary = new ArrayList<>();
    while (words.find()) {
      if (Integer.parseInt(words.group(2)) != vocabulary.size()) {
        throw new AssertionError("the vocabulary is not in order at " + words.group());
      }
      vocabulary.add(words.group(1).replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    String arguments = "search\0%s\0".formatted(String.join("\n", vocabulary));
    return arguments.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] pinned(String resource, String digest) {
    try (InputStream in = SearchExample.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new AssertionError("the class path has no " + resource);
      }
      byte[] bytes = in.readAllBytes();
      if (!Sha256.hash(bytes).toString().equals(digest)) {
        throw new AssertionError(resource + " is another than the example was written for");
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An image with one more custom section. */
  public static byte[] section(byte[] image, String name, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(image);
    out.write(0);
    leb128(out, 1 + name.length() + content.length);
    leb128(out, name.length());
    out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static void leb128(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 128) {
      out.write((rest & 127) | 128);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
