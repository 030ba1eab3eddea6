package io.teex.sdk;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import java.util.List;

/**
 * What a client signed and what it got for it: by this, and nothing else, it can say what a batch
 * may take.
 */
public interface OrderRecords {
  /** For clients that compare nothing later. */
  OrderRecords NONE =
      new OrderRecords() {
        @Override
        public void signed(Signed<Order> order) {}

        @Override
        public void executed(Order order, Signed<Receipt> receipt) {}

        @Override
        public List<Kept> in(Address user, Address dispatcher, int lane, long after, long to) {
          return List.of();
        }
      };

  /**
   * An order of a lane.
   *
   * @param most that it can cost: its receipt's fee, or its maximum as long as there is no receipt
   */
  record Kept(long sequence, Amount most, boolean hasReceipt) {}

  /** Keeps an order before the dispatcher gets it. */
  void signed(Signed<Order> order);

  /** Keeps a verified receipt. */
  void executed(Order order, Signed<Receipt> receipt);

  /** The orders with sequences after {@code after} up to {@code to}; maybe several of one. */
  List<Kept> in(Address user, Address dispatcher, int lane, long after, long to);
}
