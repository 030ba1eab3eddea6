package io.teex.executor.instrument;

import io.teex.executor.inference.Model;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an image is made of: a module, and models in its custom sections {@value #SECTION}. Engines
 * get the module alone.
 *
 * @param module without the models
 * @param models as they come in the image
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, large, and only passed on.
public record ImageParts(byte[] module, List<byte[]> models) {
  static final String SECTION = "teex.model";

  private static final int MODELS_MAX = 4;
  private static final int HEADER_BYTES = 8;
  private static final byte[] NAME = SECTION.getBytes(StandardCharsets.US_ASCII);

  /**
   * Takes an image apart. What is no WebAssembly is all module, for others to refuse.
   *
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE} if the models are too many or too
   *     large
   */
  public static ImageParts of(byte[] image) {
    List<byte[]> models = new ArrayList<>();
    WasmOutput module = new WasmOutput(1024);
    int kept = 0;
    int at = HEADER_BYTES;
    while (at < image.length) {
      Section section = Section.at(image, at);
      if (section == null) {
        break;
      }
      if (section.isModel(image)) {
        module.raw(image, kept, at);
        kept = section.to();
        models.add(Arrays.copyOfRange(image, section.from() + 1 + NAME.length, section.to()));
      }
      at = section.to();
    }
    requireBounded(models);
    return models.isEmpty()
        ? new ImageParts(image, List.of())
        : new ImageParts(module.raw(image, kept, image.length).toBytes(), models);
  }

  /** The image of a module and models. */
  public static byte[] join(byte[] module, List<byte[]> models) {
    WasmOutput image = new WasmOutput(module.length);
    image.raw(module, 0, module.length);
    for (byte[] model : models) {
      image.u8(0).u32(1L + NAME.length + model.length).u32(NAME.length);
      image.raw(NAME, 0, NAME.length).raw(model, 0, model.length);
    }
    return image.toBytes();
  }

  private static void requireBounded(List<byte[]> models) {
    long bytes = models.stream().mapToLong(each -> each.length).sum();
    if (models.size() > MODELS_MAX || bytes > Model.BYTES_MAX) {
      throw WasmInput.malformed(
          "%d models of %d bytes, at most %d of %d bytes together are allowed"
              .formatted(models.size(), bytes, MODELS_MAX, Model.BYTES_MAX));
    }
  }

  private record Section(int id, int from, int to) {
    /** Null where no whole section begins. */
    static @Nullable Section at(byte[] image, int at) {
      long size = 0;
      int in = at + 1;
      for (int shift = 0; shift < 35; shift += 7) {
        if (in >= image.length) {
          return null;
        }
        int next = image[in++];
        size |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return size > image.length - in ? null : new Section(image[at], in, in + (int) size);
        }
      }
      return null;
    }

    boolean isModel(byte[] image) {
      int name = from + 1;
      return id == 0
          && to - name >= NAME.length
          && image[from] == NAME.length
          && Arrays.equals(image, name, name + NAME.length, NAME, 0, NAME.length);
    }
  }
}
