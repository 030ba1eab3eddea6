/**
 * The Dispatcher: takes orders, leases them to workers, keeps their receipts and settles them. It
 * sees no input, output or code.
 *
 * <p>What it promises: money is locked, and the order durable, before a lease is given; one receipt
 * of a task is kept, durably before it is acknowledged, and no other ever; each sequence of a lane
 * is settled once, as a receipt or as void, whatever crashes.
 *
 * <p>How it is built: {@code OrderRules}, {@code ReceiptRules}, {@code Lane} and {@code BatchPlan}
 * decide, as pure functions. {@code LaneBook} and {@code RequestBook} keep what was decided: a
 * change is written to the {@code Journal} in TEE-DS first and seen in memory when it is durable,
 * so memory is a copy that a restart makes again. The desks carry out what callers ask for, the
 * {@code Sweeper}, the {@code Settler} and the {@code RequestDesk} what time and chain ask for.
 */
@NullMarked
package io.teex.dispatcher;

import org.jspecify.annotations.NullMarked;
