package io.teex.executor.inference;

import static io.teex.executor.testing.OnnxBuilder.FLOAT;
import static io.teex.executor.testing.OnnxBuilder.INT64;
import static io.teex.executor.testing.OnnxBuilder.floats;
import static io.teex.executor.testing.OnnxBuilder.linear;
import static io.teex.executor.testing.OnnxBuilder.model;
import static io.teex.executor.testing.OnnxBuilder.node;
import static io.teex.executor.testing.OnnxBuilder.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.executor.testing.OnnxBuilder;
import io.teex.executor.testing.OnnxBuilder.Message;
import io.teex.executor.testing.SearchExample;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is accepted of ONNX, what is not, and what a call is counted as. */
final class ModelTest {
  /** A tensor of zeros. */
  private static byte[] zeros(int type, int... dimensions) {
    int elements = Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
    ByteBuffer out =
        ByteBuffer.allocate(4 * (2 + dimensions.length) + elements * (type == INT64 ? 8 : 4))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(type).putInt(dimensions.length);
    for (int each : dimensions) {
      out.putInt(each);
    }
    return out.array();
  }

  private static OnnxBuilder one(Message node) {
    return model().input(value("x", FLOAT, -1)).output(value("y", FLOAT, -1)).node(node);
  }

  private static void refuses(byte[] onnx, String why) {
    assertThatThrownBy(() -> Model.read(onnx))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODULE))
        .hasMessageContaining(why);
  }

  @Test
  void countsACallByItsShapes() {
    Model model = Model.read(linear());

    Model.Quote quote = model.quote(zeros(FLOAT, 4, 2)).orElseThrow();

    long product = InferenceTable.NODE + 4 * 3 * 2 / 4;
    long sum = InferenceTable.NODE + 4 * 3;
    assertThat(quote.answerBytes()).isEqualTo(4 * (2 + 2 + 4 * 3));
    assertThat(quote.fuel()).isEqualTo(InferenceTable.CALL + product + sum + 64 / 8);
    assertThat(model.loadingFuel()).isEqualTo(4L * linear().length);
  }

  @Test
  void countsAnEmbeddingOfSixteenTokens() {
    Model model = Model.read(SearchExample.model());
    byte[] tokens = zeros(INT64, 1, 16);
    byte[] inputs =
        ByteBuffer.allocate(3 * tokens.length).put(tokens).put(tokens).put(tokens).array();

    Model.Quote quote = model.quote(inputs).orElseThrow();

    assertThat(quote.answerBytes()).isEqualTo(4 * (2 + 3 + 16 * 384));
    assertThat(quote.fuel()).isEqualTo(40_413_900);
  }

  @Test
  void hasNoAnswerForWhatDoesNotFit() {
    Model model = Model.read(linear());

    assertThat(model.quote(new byte[0])).isEmpty();
    assertThat(model.quote(zeros(FLOAT, 4, 3))).isEmpty();
    assertThat(model.quote(zeros(FLOAT, 8))).isEmpty();
    assertThat(model.quote(zeros(INT64, 4, 2))).isEmpty();
    assertThat(model.quote(Arrays.copyOf(zeros(FLOAT, 4, 2), 47))).isEmpty();
    assertThat(model.quote(Arrays.copyOf(zeros(FLOAT, 4, 2), 52))).isEmpty();
    assertThat(model.quote(zeros(3, 4, 2))).isEmpty();
  }

  @Test
  void refusesOperatorsThatAreNotListed() {
    refuses(one(node("If", "y", "x")).build(), "operator If is not accepted");
    refuses(one(node("Loop", "y", "x")).build(), "operator Loop");
    refuses(one(node("Relu", "y", "x").text(7, "com.microsoft")).build(), "com.microsoft");
    refuses(
        one(node("Relu", "y", "x")).with(8, new Message().text(1, "evil").number(2, 1)).build(),
        "field 8 of the model twice");
    refuses(
        one(node("Relu", "y", "x")).with(25, new Message().text(1, "f")).build(),
        "field 25 of the model");
  }

  @Test
  void refusesGraphsInsideOfGraphs() {
    Message body = new Message().text(1, "body").message(6, new Message());

    refuses(one(node("Relu", "y", "x").message(5, body)).build(), "field 6 of an attribute");
  }

  @Test
  void refusesDataOutsideOfTheFile() {
    Message location = new Message().text(1, "location").text(2, "/etc/passwd");

    refuses(
        one(node("Add", "y", "x", "w"))
            .tensor(new Message().number(1, 1).number(2, FLOAT).text(8, "w").message(13, location))
            .build(),
        "data outside of the file");
    refuses(
        one(node("Add", "y", "x", "w")).tensor(floats("w", List.of(1), 1).number(14, 1)).build(),
        "field 14 of a tensor");
  }

  @Test
  void refusesTensorsThatAreNotWhatTheySay() {
    refuses(
        one(node("Add", "y", "x", "w")).tensor(floats("w", List.of(1 << 26), 1)).build(),
        "content");
    refuses(
        one(node("Add", "y", "x", "w"))
            .tensor(floats("w", List.of(1 << 20, 1 << 20, 1 << 20), 1))
            .build(),
        "content");
    refuses(
        one(node("Add", "y", "x", "w")).tensor(floats("w", List.of(-1), 1)).build(),
        "dimension of -1");
    refuses(
        one(node("Add", "y", "x", "w"))
            .tensor(floats("w", List.of(1, 1, 1, 1, 1, 1, 1, 1, 1), 1))
            .build(),
        "more than 8 dimensions");
    refuses(
        one(node("Add", "y", "x", "x")).tensor(floats("x", List.of(1), 1)).build(), "named 'x'");
  }

  @Test
  void refusesGraphsInAnotherOrderAndCircles() {
    refuses(one(node("Relu", "y", "y")).build(), "before it is there");
    refuses(one(node("Relu", "z", "x")).build(), "no node makes its output 'y'");
  }

  @Test
  void refusesMoreNodesThanAnyModelNeeds() {
    OnnxBuilder deep = model().input(value("x", FLOAT, -1)).output(value("y", FLOAT, -1));
    String last = "x";
    for (int i = 0; i <= 20_000; i++) {
      deep.node(node("Relu", "v" + i, last));
      last = "v" + i;
    }

    refuses(deep.node(node("Relu", "y", last)).build(), "more than 20000 nodes");
  }

  @Test
  void givesNoAnswerThatGrowsBeyondBounds() {
    OnnxBuilder bomb = model().input(value("x", FLOAT, -1, 1)).output(value("y", FLOAT, -1, -1));
    bomb.node(node("Transpose", "t", "x")).node(node("MatMul", "y", "x", "t"));
    Model model = Model.read(bomb.build());

    assertThat(model.quote(zeros(FLOAT, 100, 1))).isPresent();
    assertThat(model.quote(zeros(FLOAT, 100_000, 1))).isEmpty();
  }

  @Test
  void refusesWhatIsCutOffOrDamagedWithoutAnyOtherFailure() {
    byte[] sound = linear();
    long seed = 5;
    Random random = new Random(seed);
    for (int size = 0; size < sound.length; size++) {
      byte[] cut = Arrays.copyOf(sound, size);
      assertThatThrownBy(() -> Model.read(cut)).isInstanceOf(TeexException.class);
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = sound.clone();
      for (int j = random.nextInt(3); j >= 0; j--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Model.read(damaged).quote(zeros(FLOAT, 4, 2));
      } catch (TeexException e) {
        assertThat(e.code()).as("seed %d, try %d", seed, i).isEqualTo(ErrorCode.INVALID_MODULE);
      }
    }
  }
}
