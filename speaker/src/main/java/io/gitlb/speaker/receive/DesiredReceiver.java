// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DeltaDocument;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.store.DesiredStore;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the newest desired state: on disk first, then in force. Offers may come from any thread;
/// they are decided and stored one after another.
public final class DesiredReceiver implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DesiredReceiver.class);

  /// The part's name on the status board.
  private static final String PART = "stored state";

  private final NodeName node;
  private final DesiredStore store;
  private final StatusBoard board;
  private final Applier applier;

  /// Guards the decision together with the disk.
  private final ReentrantLock lock = new ReentrantLock();

  private Optional<DesiredDocument> stored = Optional.empty();

  /// Where the newest state is from, or whom it was confirmed by.
  private DesiredStateSink.Source source = DesiredStateSink.Source.DISK;

  /// @param node the speaker's own
  public DesiredReceiver(
      NodeName node, DesiredStore store, StatusBoard board, DesiredStateSink sink) {
    this.node = node;
    this.store = store;
    this.board = board;
    applier = new Applier(sink, board);
  }

  /// What became of an offer.
  sealed interface Offered {

    record Stored(Generation generation, String digest) implements Offered {}

    record Outdated(Generation newest) implements Offered {}

    /// A delta of something else than what is stored, or one more than is kept; the whole state is
    /// wanted.
    record Unfit(String message) implements Offered {}

    /// Readable, but not for this speaker.
    record Refused(String message) implements Offered {}

    record Malformed(String message) implements Offered {}

    /// The disk failed; nothing changed.
    record NotStored(String message) implements Offered {}
  }

  /// Loads what is on disk and puts it into force without asking anybody.
  public void start() {
    start(store.load());
  }

  /// The same with what was loaded from the store already.
  public void start(DesiredStore.Loaded loaded) {
    applier.start();
    switch (loaded) {
      case DesiredStore.Loaded.Absent() ->
          LOG.info("nothing is stored yet; waiting for the reconciler");
      case DesiredStore.Loaded.Unusable(String message) -> {
        LOG.error("{}; waiting for the reconciler", message);
        board.problem(PART, message);
      }
      case DesiredStore.Loaded.Present(DesiredDocument document) -> restore(document);
    }
  }

  private void restore(DesiredDocument document) {
    switch (Acceptance.of(node, Optional.empty(), document)) {
      case Acceptance.Accepted() -> {
        LOG.info(
            "announcing from disk: generation {} with {} addresses",
            document.state().generation(),
            document.state().announcements().size());
        takeOver(document, DesiredStateSink.Source.DISK);
      }
      case Acceptance.Refused(String message) -> {
        LOG.error("{} is not used: {}", store.file(), message);
        board.problem(PART, message);
      }
      case Acceptance.Known() -> {}
      case Acceptance.Outdated _ -> {}
    }
  }

  /// Decides on a document as it came, and stores it before it returns [Offered.Stored].
  Offered offer(byte[] json) {
    return switch (ProtocolCodec.decodeDesired(json)) {
      case Decoded.Malformed<DesiredDocument>(String message) -> new Offered.Malformed(message);
      case Decoded.Value<DesiredDocument>(DesiredDocument document) -> {
        lock.lock();
        try {
          yield decide(document, json);
        } finally {
          lock.unlock();
        }
      }
    };
  }

  /// Takes a state that this speaker asked for, as if it had been pushed.
  ///
  /// @return why it was not taken, for people, one line; empty when it is stored, now or before
  public Optional<String> take(byte[] json) {
    return switch (offer(json)) {
      case Offered.Stored _ -> Optional.empty();
      case Offered.Outdated(Generation newest) ->
          Optional.of("it has an older state than " + newest);
      case Offered.Unfit(String message) -> Optional.of(message);
      case Offered.Refused(String message) -> Optional.of(message);
      case Offered.Malformed(String message) -> Optional.of(message);
      case Offered.NotStored(String message) -> Optional.of(message);
    };
  }

  /// What is stored.
  public Optional<Generation> generation() {
    lock.lock();
    try {
      return stored.map(document -> document.state().generation());
    } finally {
      lock.unlock();
    }
  }

  /// Decides on a delta as it came, and stores it before it returns [Offered.Stored].
  ///
  /// @param base the digest of the state that the sender takes for the stored one
  Offered offerDelta(byte[] json, String base) {
    return switch (ProtocolCodec.decodeDelta(json)) {
      case Decoded.Malformed<DeltaDocument>(String message) -> new Offered.Malformed(message);
      case Decoded.Value<DeltaDocument>(DeltaDocument delta) -> {
        lock.lock();
        try {
          yield decide(delta, base, json);
        } finally {
          lock.unlock();
        }
      }
    };
  }

  private Offered decide(DeltaDocument delta, String base, byte[] json) {
    if (stored.isEmpty()) {
      return new Offered.Unfit("nothing is stored");
    }
    DesiredDocument before = stored.get();
    Generation newest = before.state().generation();
    if (delta.digest().equals(before.digest())) {
      confirmStored();
      return new Offered.Stored(newest, before.digest());
    }
    if (delta.delta().generation().compareTo(newest) < 0) {
      return new Offered.Outdated(newest);
    }
    if (!base.equals(before.digest()) || !delta.delta().base().equals(before.digest())) {
      return new Offered.Unfit("stored is " + before.digest());
    }
    if (!store.hasRoomFor(json)) {
      return new Offered.Unfit("there are enough deltas");
    }
    DesiredDocument after;
    try {
      after = new DesiredDocument(delta.delta().applyTo(before.state()), delta.digest());
    } catch (IllegalArgumentException e) {
      return new Offered.Malformed("the state after it: " + e.getMessage());
    }
    return decide(after, json, store::append);
  }

  private Offered decide(DesiredDocument document, byte[] json) {
    return decide(document, json, store::save);
  }

  /// @param keep brings the octets onto the disk
  private Offered decide(
      DesiredDocument document, byte[] json, Function<byte[], DesiredStore.Saved> keep) {
    return switch (Acceptance.of(node, stored, document)) {
      case Acceptance.Known() -> {
        confirmStored();
        yield new Offered.Stored(
            document.state().generation(),
            stored.map(DesiredDocument::digest).orElse(document.digest()));
      }
      case Acceptance.Outdated(Generation newest) -> new Offered.Outdated(newest);
      case Acceptance.Refused(String message) -> new Offered.Refused(message);
      case Acceptance.Accepted() ->
          switch (keep.apply(json)) {
            case DesiredStore.Saved.OnDisk() -> {
              board.solved(PART);
              takeOver(document, DesiredStateSink.Source.RECONCILER);
              yield new Offered.Stored(document.state().generation(), document.digest());
            }
            case DesiredStore.Saved.Failed(String message) -> {
              LOG.error("{}", message);
              board.problem(PART, message);
              yield new Offered.NotStored(message);
            }
          };
    };
  }

  /// The reconciler wants what is stored: one from disk counts as told in this run from now on.
  public void confirm() {
    lock.lock();
    try {
      confirmStored();
    } finally {
      lock.unlock();
    }
  }

  private void confirmStored() {
    if (source == DesiredStateSink.Source.DISK && stored.isPresent()) {
      LOG.info("the reconciler wants what was on disk");
      source = DesiredStateSink.Source.RECONCILER;
      applier.offer(stored.get().state(), source);
    }
  }

  private void takeOver(DesiredDocument document, DesiredStateSink.Source from) {
    source = from;
    stored = Optional.of(document);
    board.stored(document.state().generation());
    applier.offer(document.state(), source);
  }

  /// A stored document.
  record StoredDocument(String digest, HttpBody json) {}

  /// The stored document as it was received; after deltas, as it would be received now.
  Optional<StoredDocument> read() {
    lock.lock();
    try {
      return stored.map(
          document -> new StoredDocument(document.digest(), HttpBody.of(shown(document.state()))));
    } finally {
      lock.unlock();
    }
  }

  private byte[] shown(DesiredState state) {
    return state.hasSecrets()
        ? ProtocolCodec.encode(state.withoutSecrets())
        : store.read().orElseGet(() -> ProtocolCodec.encode(state));
  }

  /// The digest of what is stored, without reading it.
  Optional<String> digest() {
    lock.lock();
    try {
      return stored.map(DesiredDocument::digest);
    } finally {
      lock.unlock();
    }
  }

  /// Ends the thread that applies; what is in force stays so.
  @Override
  public void close() {
    applier.close();
  }
}
