package io.teex.worker;

import io.teex.executor.Executor;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Order;
import java.time.Duration;
import java.util.List;

/** A worker's inside, wired as in {@link WorkerNode}, without any network. */
final class Rig {
  private final Scene scene;
  final Tasks tasks;
  final Replays replays;

  /** With the market's own executor, which answers with the guest that the test gives it. */
  Rig(Scene scene, FakeMarket market, ManualTime time) {
    this(scene, market, market, time, Duration.ofMinutes(1));
  }

  Rig(Scene scene, FakeMarket market, Executor executor, ManualTime time, Duration wallTimeMax) {
    this.scene = scene;
    Slots slots = new Slots(2, Duration.ofSeconds(1));
    Pace pace = new Pace(time, time);
    Preparation preparation =
        new Preparation(
            market,
            market.blobs,
            new Images(market.blobs, ImageCache.NONE, 1 << 20),
            market,
            scene.clock,
            wallTimeMax);
    tasks =
        new Tasks(
            scene.tickets(),
            new OnceOnly<>(Duration.ofMinutes(10), 1 << 20, Answer::sizeBytes, scene.clock),
            preparation,
            executor,
            new Delivery(
                scene.domain,
                scene.worker,
                () -> List.of(scene.facts()),
                market.blobs,
                market,
                Acknowledgements.FORGOTTEN,
                scene.clock,
                scene.random),
            market,
            new WorkerLog(),
            slots,
            pace);
    replays =
        new Replays(
            scene.domain,
            scene.otherWorker,
            scene::otherFacts,
            market,
            preparation,
            executor,
            slots,
            pace,
            scene.clock);
  }

  Answer execute(Order order) throws InterruptedException {
    TaskInput input = scene.given();
    return tasks.execute(tasks.accept(scene.ticket(order), input, Scene.BASIS_POINTS), input);
  }

  void refuses(ErrorCode code, Order order) {
    Failures.refuses(code, () -> execute(order));
  }
}
