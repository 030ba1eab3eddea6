package io.teex.sdk;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Records on disk, a file for each order and each receipt. Nothing in them is secret. Clients of
 * one user may share a directory; orders that were signed elsewhere are not in it.
 */
public final class FileOrderRecords implements OrderRecords {
  private static final Logger LOG = System.getLogger("io.teex.sdk");
  private static final String ORDER = ".order";
  private static final String RECEIPT = ".receipt";

  private final Path directory;
  private final Domain domain;

  /**
   * @param directory of the records of all users and markets; made when it is needed
   */
  public FileOrderRecords(Path directory, Domain domain) {
    this.directory = directory.resolve("%d-%s".formatted(domain.chainId(), domain.settlement()));
    this.domain = domain;
  }

  @Override
  public void signed(Signed<Order> order) {
    try {
      write(order.value(), ORDER, order.encode());
    } catch (IOException e) {
      throw failure("kept", e);
    }
  }

  @Override
  public void executed(Order order, Signed<Receipt> receipt) {
    try {
      write(order, RECEIPT, receipt.encode());
    } catch (IOException e) {
      // No output is lost for this: without the receipt, the order says what it can cost.
      LOG.log(Level.WARNING, "a receipt of %s is not kept".formatted(order.user()), e);
    }
  }

  @Override
  public List<Kept> in(Address user, Address dispatcher, int lane, long after, long to) {
    Path orders = lane(user, dispatcher, lane);
    List<Kept> found = new ArrayList<>();
    if (!Files.isDirectory(orders)) {
      return found;
    }
    try (Stream<Path> files = Files.list(orders)) {
      for (Path file : files.filter(path -> path.toString().endsWith(ORDER)).sorted().toList()) {
        Order order = Signed.decode(Order.class, Files.readAllBytes(file)).value();
        if (order.sequence() > after && order.sequence() <= to) {
          found.add(kept(order));
        }
      }
    } catch (IOException e) {
      throw failure("read", e);
    }
    return found;
  }

  private Kept kept(Order order) throws IOException {
    Path file = file(order, RECEIPT);
    if (!Files.exists(file)) {
      return new Kept(order.sequence(), order.fee().max(), false);
    }
    Receipt receipt = Signed.decode(Receipt.class, Files.readAllBytes(file)).value();
    return new Kept(order.sequence(), receipt.fee().total(), true);
  }

  private Path lane(Address user, Address dispatcher, int lane) {
    return directory
        .resolve(user.toString())
        .resolve(dispatcher.toString())
        .resolve(Integer.toUnsignedString(lane));
  }

  private Path file(Order order, String ending) {
    return lane(order.user(), order.dispatcher(), order.lane())
        .resolve("%d-%s%s".formatted(order.sequence(), order.id(domain), ending));
  }

  /** Whole or not at all, and there after a power cut: what is missing here looks like theft. */
  private void write(Order order, String ending, byte[] content) throws IOException {
    Path file = file(order, ending);
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    Files.createDirectories(file.getParent());
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private TeexException failure(String what, IOException why) {
    return new TeexException(
        ErrorCode.USAGE,
        "records of orders cannot be %s in %s (%s): what a batch takes could not be compared"
            .formatted(what, directory, why),
        why);
  }
}
