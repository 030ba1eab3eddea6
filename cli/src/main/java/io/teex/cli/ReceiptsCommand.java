package io.teex.cli;

import io.teex.chain.BlobSource;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.PostedReceipts;
import io.teex.chain.Settlement;
import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.TeexException;
import io.teex.sdk.MarketFile;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code teex receipts}: what a dispatcher posted with a batch. */
@Command(
    name = "receipts",
    mixinStandardHelpOptions = true,
    description = {
      "Reads the receipts that a dispatcher posted with a batch, and checks that they are all that",
      "the batch settled: they have to hash to the root that the dispatcher signed.",
      "It needs the chain, and a beacon node for blobs; the dispatcher is not asked."
    },
    footer = {"", "Example: ./teex receipts 12 --beacon https://beacon.example"})
final class ReceiptsCommand implements Callable<Integer> {
  /** What is wrong with a URL is said without it, since it may hold a credential. */
  static final class Beacon implements ITypeConverter<URI> {
    @Override
    public URI convert(String text) {
      try {
        List<URI> urls = ChainEndpoints.parse(text).urls();
        if (urls.size() == 1) {
          return urls.getFirst();
        }
        throw new TypeConversionException("seen %d URLs, expected one".formatted(urls.size()));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  @Parameters(
      paramLabel = "BATCH",
      arity = "0..1",
      converter = Numbers.Batch.class,
      description = "Number of the batch (default: the dispatcher's last).")
  private @Nullable Long number;

  @Option(
      names = "--dispatcher",
      paramLabel = "ADDRESS",
      converter = Hexes.Account.class,
      description = "Whose batch (default: the market's first dispatcher).")
  private @Nullable Address dispatcher;

  @Option(
      names = "--beacon",
      paramLabel = "URL",
      converter = Beacon.class,
      description = {
        "Beacon node that has the blobs of the last 18 days or more",
        "(default: the market's own chain, if it is an embedded one)."
      })
  private @Nullable URI beacon;

  @Mixin private MarketLocation location;
  @Mixin private Output output;

  @Override
  public Integer call() {
    MarketFile market = location.marketFile();
    Address whose = dispatcher == null ? market.dispatchers().getFirst().address() : dispatcher;
    try (ChainClient chain = ChainClient.connect(market.chainRpc())) {
      Settlement settlement = new Settlement(chain, market.addresses());
      Settlement.Settled settled = settled(settlement, whose, chain.blockNumber());
      PostedReceipts.Posted posted =
          new PostedReceipts(chain, market.addresses(), source(chain))
              .read(settled)
              .orElseThrow(() ->
                  new TeexException(
                      ErrorCode.NOT_FOUND,
                      "batch %d was settled with the root of its receipts alone (transaction %s)"
                          .formatted(settled.number(), settled.transaction())));
      output.result(json(settled, posted), words(settled, posted));
      return 0;
    }
  }

  private BlobSource source(ChainClient chain) {
    return beacon == null ? BlobSource.embedded(chain) : BlobSource.beacon(beacon);
  }

  private Settlement.Settled settled(Settlement settlement, Address whose, long newestBlock) {
    long wanted = number == null ? settlement.batchChain(whose).number() : number;
    return settlement
        .batch(whose, wanted, newestBlock)
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.NOT_FOUND,
                wanted == 0
                    ? "dispatcher %s has settled no batch yet".formatted(whose)
                    : "dispatcher %s has settled no batch %d".formatted(whose, wanted)));
  }

  private static Map<String, Object> json(
      Settlement.Settled settled, PostedReceipts.Posted posted) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("batch", settled.number());
    json.put("transaction", settled.transaction().toString());
    json.put("receiptsRoot", settled.receiptsRoot().toString());
    json.put("total", settled.total().toString());
    json.put("postedIn", place(posted));
    json.put("blobs", posted.blobs().stream().map(Object::toString).toList());
    json.put("receipts", posted.receipts().entries().stream().map(ReceiptsCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(ReceiptData.Entry entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", kind(entry));
    json.put("payer", entry.payer().toString());
    json.put("lane", entry.lane());
    json.put("sequence", entry.sequence());
    for (Receipt receipt : entry.receipt()) {
      json.put("task", receipt.taskId().toString());
      json.put("worker", receipt.worker().toString());
      json.put("outcome", receipt.outcome().name());
      json.put("fuel", receipt.fuel());
      json.put("fee", receipt.fee().total().toString());
    }
    return json;
  }

  static String words(Settlement.Settled settled, PostedReceipts.Posted posted) {
    Table table = new Table("task", "payer", "worker", "outcome", "fee");
    for (ReceiptData.Entry entry : posted.receipts().entries()) {
      List<Receipt> receipt = entry.receipt();
      if (receipt.isEmpty()) {
        table.row("(sequence %d)".formatted(entry.sequence()), entry.payer(), "", kind(entry), "0");
      } else {
        table.row(
            receipt.getFirst().taskId(),
            entry.payer(),
            receipt.getFirst().worker(),
            receipt.getFirst().outcome(),
            receipt.getFirst().fee().total());
      }
    }
    return "%s%n%nAll that batch %d settled (tasks: %d, for %s): it hashes to the batch's root %s.%nRead from %s of transaction %s."
        .formatted(
            table,
            settled.number(),
            settled.count(),
            settled.total(),
            settled.receiptsRoot(),
            place(posted),
            settled.transaction());
  }

  private static String kind(ReceiptData.Entry entry) {
    return entry.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String place(PostedReceipts.Posted posted) {
    return posted.place().name().toLowerCase(Locale.ROOT);
  }
}
