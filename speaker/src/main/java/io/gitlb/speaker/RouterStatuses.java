// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bfd.Diagnostic;
import io.gitlb.speaker.bfd.SessionState;
import io.gitlb.speaker.bfd.session.RouterPath;
import io.gitlb.speaker.bfd.session.RouterSessions.Agreed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the sessions of the watched paths stand, in the status and in the log.
///
/// The thread of the sessions takes this object's lock, so whoever holds that waits for nobody: log
/// and status are written on a thread beside.
final class RouterStatuses implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RouterStatuses.class);

  private final Consumer<List<BfdStatus>> told;
  private final InstantSource timeOfDay;

  // For the thread of the sessions: the log and the status may have to be waited for.
  private final ExecutorService aside =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("bfd-told").factory());
  private final AtomicBoolean willTell = new AtomicBoolean();

  private RouterPaths watched = RouterPaths.NONE;

  // path → what is known of its session (1:1)
  private final SortedMap<RouterPath, Known> known = new TreeMap<>();

  private Map<RouterPath, Agreed> agreed = Map.of();

  // path → what people should know of how it is watched (1:1)
  private SortedMap<RouterPath, String> remarks = Collections.emptySortedMap();

  private final FlipLog<RouterPath> lines = new FlipLog<>();

  private record Known(SessionState state, Instant since, Diagnostic diagnostic, long flaps) {

    Known in(SessionState next, Instant now, Diagnostic why) {
      boolean ended = state == SessionState.UP && next != SessionState.UP;
      return new Known(next, now, why, ended ? flaps + 1 : flaps);
    }
  }

  /// @param told told of all sessions when they are others
  RouterStatuses(Consumer<List<BfdStatus>> told, InstantSource timeOfDay) {
    this.told = told;
    this.timeOfDay = timeOfDay;
  }

  /// These are the paths from now on; what was known of one that stays still is.
  ///
  /// @param isEnding whether a path that nobody uses any more is still watched
  /// @param itsRemarks path → what people should know of how it is watched
  synchronized void follow(
      RouterPaths now, Predicate<RouterPath> isEnding, SortedMap<RouterPath, String> itsRemarks) {
    watched = now;
    remarks = itsRemarks;
    known.keySet().removeIf(path -> !now.users().containsKey(path) && !isEnding.test(path));
    lines.retain(known.keySet());
    now.users().keySet().forEach(path -> known.putIfAbsent(path, down()));
  }

  private Known down() {
    return new Known(SessionState.DOWN, timeOfDay.instant(), Diagnostic.NONE, 0);
  }

  synchronized boolean isUp(RouterPath path) {
    return Optional.ofNullable(known.get(path))
        .filter(one -> one.state() == SessionState.UP)
        .isPresent();
  }

  /// The path to this router whose session is up.
  synchronized Optional<RouterPath> upTo(IpAddress router) {
    return known.keySet().stream()
        .filter(path -> path.remote().equals(router) && isUp(path))
        .findFirst();
  }

  /// A session is in another state.
  void changed(RouterPath path, SessionState state, Diagnostic diagnostic) {
    counted(path, state, diagnostic)
        .ifPresent(missing -> beside(() -> log(path, state, diagnostic, missing)));
    tellSoon();
  }

  /// @return as [FlipLog#changed]
  private synchronized OptionalInt counted(
      RouterPath path, SessionState state, Diagnostic diagnostic) {
    Instant now = timeOfDay.instant();
    known.computeIfPresent(path, (_, one) -> one.in(state, now, diagnostic));
    return lines.changed(path, now);
  }

  private static void log(RouterPath path, SessionState state, Diagnostic diagnostic, int missing) {
    String untold = missing == 0 ? "" : ", after " + missing + " changes that were not told";
    LOG.info("BFD: {} is {} ({}){}", path.remote(), state, diagnostic, untold);
  }

  /// What all sessions have agreed on.
  void agreed(Map<RouterPath, Agreed> now) {
    synchronized (this) {
      agreed = now;
    }
    tellSoon();
  }

  /// What is told last is the latest.
  void tellNow() {
    synchronized (told) {
      told.accept(all());
    }
  }

  private void tellSoon() {
    if (!willTell.getAndSet(true)) {
      beside(
          () -> {
            willTell.set(false);
            tellNow();
          });
    }
  }

  private void beside(Runnable work) {
    try {
      aside.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed while a session changed", e);
    }
  }

  private synchronized List<BfdStatus> all() {
    List<BfdStatus> all = new ArrayList<>();
    watched.users().forEach((path, users) -> all.add(status(path, users)));
    return all;
  }

  private BfdStatus status(RouterPath path, SortedSet<PeerName> users) {
    Known one = known.getOrDefault(path, down());
    Agreed pace = agreed.getOrDefault(path, Agreed.NOTHING);
    return new BfdStatus(
        path.remote(),
        users,
        MemberBoard.words(one.state()),
        one.since(),
        said(path, one.diagnostic()),
        pace.transmitInterval(),
        pace.detectionTime(),
        Duration.ZERO,
        one.flaps());
  }

  private Optional<String> said(RouterPath path, Diagnostic diagnostic) {
    String said =
        Stream.of(
                MemberBoard.words(diagnostic),
                Optional.ofNullable(remarks.get(path)),
                watched.disagreement(path))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    return Optional.of(said).filter(words -> !words.isEmpty());
  }

  @Override
  public void close() {
    aside.shutdown();
  }
}
