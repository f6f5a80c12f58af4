// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.net.Poll;
import io.gitlb.lab.segment.BegunRound;
import io.gitlb.lab.segment.Failure;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Round;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// One failure after another, of the owner of one address after another. A failed node is repaired
/// beside the next round, which waits a moment for it and then goes on without it, as long as three
/// others are there to take over.
///
/// Each round is a line of a file that is complete when it bears its name: what an aborted run left
/// in the `.part` of it counts as done.
final class FailoverRounds implements AutoCloseable {

  /// That many besides the owner are whole when it fails.
  private static final int OTHERS = 3;

  /// A machine with cores to spare repairs within this time, so that no round is disturbed by it.
  private static final Duration PATIENCE = Duration.ofMillis(2_500);

  private static final Duration LOOK_BACK = Duration.ofSeconds(5);

  private final Field field;
  private final List<Failure> pattern;
  private final Path file;
  private final Path part;
  private final Set<NodeName> broken = ConcurrentHashMap.newKeySet();
  private final ExecutorService mender =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("mender").factory());
  private final Deque<Mended> unfinished = new ArrayDeque<>();

  /// A round whose failed node is being repaired.
  private record Mended(BegunRound round, Future<?> repair) {

    boolean isOver() {
      return round.isOver() && repair.isDone();
    }
  }

  private record Owned(Ipv4 address, LabNode owner) {}

  /// @param pattern what happens in turn
  /// @param file of the rounds
  FailoverRounds(Field field, List<Failure> pattern, Path file) {
    this.field = field;
    this.pattern = List.copyOf(pattern);
    this.file = file;
    this.part = file.resolveSibling(file.getFileName() + ".part");
  }

  /// @param count of rounds, with those that were done before
  /// @param beside called with the address before each failure; what it returns is called after the
  ///   take-over
  /// @return all of them
  List<Round> run(int count, Function<Ipv4, Runnable> beside) throws InterruptedException {
    try {
      int done = begin();
      for (int i = done; i < count; i++) {
        next(i, beside);
        while (!unfinished.isEmpty() && unfinished.getFirst().isOver()) {
          finish(unfinished.removeFirst());
        }
        forget();
      }
      while (!unfinished.isEmpty()) {
        finish(unfinished.removeFirst());
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a node was not whole again after its failure", e.getCause());
    }
  }

  private int begin() throws IOException {
    if (Files.exists(part)) {
      return read(part).size();
    }
    Files.writeString(part, Round.header() + "\n");
    return 0;
  }

  private static List<Round> read(Path file) throws IOException {
    return Files.readAllLines(file).stream().skip(1).map(Round::of).toList();
  }

  private void next(int index, Function<Ipv4, Runnable> beside) throws InterruptedException {
    await(PATIENCE, broken::isEmpty);
    Owned next = owned(index);
    Ipv4 address = next.address();
    LabNode owner = next.owner();
    // Its counters may end with it.
    field.conflicts(List.of(owner));
    Runnable after = beside.apply(address);
    Failure failure = pattern.get(index % pattern.size());
    BegunRound round = BegunRound.begin(field, address, owner, failure);
    after.run();
    broken.add(owner.name());
    unfinished.add(new Mended(round, mender.submit(() -> mend(round))));
  }

  /// The next address whose owner is whole and has three others beside it.
  private Owned owned(int index) {
    int served = field.addresses().size() - 1;
    List<Owned> found = new ArrayList<>();
    boolean there =
        await(
            Field.SETTLE_LIMIT,
            () -> {
              for (int i = 0; i < served && found.isEmpty(); i++) {
                Ipv4 address = field.addresses().get((index + i) % served);
                Optional<LabNode> owner = field.owner(address);
                if (owner.isPresent() && !broken.contains(owner.get().name())) {
                  found.add(new Owned(address, owner.get()));
                }
              }
              return !found.isEmpty() && field.lab().nodes().size() - broken.size() > OTHERS;
            });
    if (!there) {
      throw new IllegalStateException("no address with one owner; in repair: " + broken);
    }
    return found.getFirst();
  }

  private void mend(BegunRound round) {
    round.heal();
    LabNode node = round.failed();
    List<NodeName> others = field.others(node);
    boolean whole =
        await(
            Field.SETTLE_LIMIT,
            () ->
                field.isWhole(
                    node, others.stream().filter(name -> !broken.contains(name)).toList()));
    if (!whole) {
      throw new IllegalStateException(node.name() + " after " + round.failure());
    }
    broken.remove(node.name());
  }

  private void finish(Mended mended) throws InterruptedException, ExecutionException, IOException {
    mended.repair().get();
    Files.writeString(part, mended.round().end().line() + "\n", StandardOpenOption.APPEND);
  }

  private void forget() {
    long oldest = unfinished.isEmpty() ? System.nanoTime() : unfinished.getFirst().round().start();
    field.observer().forgetBefore(oldest - LOOK_BACK.toNanos());
    field.traffic().forgetBefore(oldest - LOOK_BACK.toNanos());
    field.paths().forgetBefore(oldest - LOOK_BACK.toNanos());
  }

  private static boolean await(Duration limit, BooleanSupplier condition) {
    return Poll.until(limit, condition::getAsBoolean, met -> met) instanceof Poll.Reached<?>;
  }

  @Override
  public void close() {
    mender.shutdownNow();
  }
}
