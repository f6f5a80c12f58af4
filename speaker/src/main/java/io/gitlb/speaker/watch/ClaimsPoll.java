// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.watch;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.SpeakerClaims;
import io.gitlb.speaker.ownership.Channel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the claims of one peer by long polls on a thread of its own, until it is closed.
///
/// A peer answers each poll within a second, changed or not, so that a management link that died
/// without a reset is noticed. The end of a connection ends a poll at once; the next one tells
/// whether the process is gone (refused) or only the connection.
final class ClaimsPoll implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ClaimsPoll.class);

  /// For an answer that the peer owes within a second.
  private static final Duration PATIENCE = Duration.ofMillis(1_500);

  /// For an answer that it owes at once, on a connection that is there.
  private static final Duration KNOCK_PATIENCE = Duration.ofMillis(100);

  /// So many answers of the long poll, about one a second.
  private static final int KNOCK_EVERY = 5;

  /// Between two tries that both failed: a peer that returns is heard quickly.
  private static final Duration BACK_OFF = Duration.ofMillis(100);

  private static final HttpCall CLAIMS = HttpCall.get("/v1/claims");

  private final WatchedPeer peer;
  private final HttpClient client;
  private final ClaimsListener listener;
  private final BooleanSupplier knownWanted;
  private final Thread thread;

  private volatile boolean closed;
  private boolean knocking;
  // The one that is to follow the knock under way.
  private Optional<Knock> nextKnock = Optional.empty();
  private Optional<Channel> channel = Optional.empty();
  private Optional<SpeakerClaims> last = Optional.empty();
  // The state whose addresses were told last.
  private Optional<Generation> knownOf = Optional.empty();
  private boolean failedBefore;
  private int answers;

  /// @param knownWanted whether all known addresses are of interest whenever the state is another
  ClaimsPoll(
      WatchedPeer peer, HttpClient client, ClaimsListener listener, BooleanSupplier knownWanted) {
    this.knownWanted = knownWanted;
    this.peer = peer;
    this.client = client;
    this.listener = listener;
    thread = Thread.ofVirtual().name("claims-" + peer.node()).unstarted(this::run);
  }

  WatchedPeer peer() {
    return peer;
  }

  void start() {
    thread.start();
  }

  /// Why the peer is looked at beside the poll.
  private enum Knock {
    /// Keeps a second connection, for when the peer is in doubt. Nobody doubts it now: that a busy
    /// machine is late says nothing.
    UPKEEP,
    /// An answer counts, and no silence.
    GREETING,
    DOUBT
  }

  /// Looks at once whether the peer still answers, while the poll waits.
  void knock() {
    knock(Knock.DOUBT);
  }

  /// Hears the peer at once, on a connection of its own: the poll may still wait for one that was
  /// begun while nothing got through.
  void greet() {
    knock(Knock.GREETING);
  }

  private synchronized void knock(Knock why) {
    if (closed) {
      return;
    }
    if (!knocking) {
      knocking = true;
      Thread.ofVirtual().name("knock-" + peer.node()).start(() -> look(why));
    } else if (why != Knock.UPKEEP && nextKnock.filter(Knock.DOUBT::equals).isEmpty()) {
      // The one under way asks for another reason, or has asked before there was this one.
      nextKnock = Optional.of(why);
    }
  }

  private void look(Knock why) {
    try {
      HttpResult result = client.send(CLAIMS, KNOCK_PATIENCE);
      switch (why) {
        case UPKEEP -> {}
        case GREETING -> {
          if (result instanceof HttpResult.Answered) {
            var _ = judge(result);
          }
        }
        case DOUBT -> judgeKnock(result);
      }
    } finally {
      knocked();
    }
  }

  private synchronized void knocked() {
    knocking = false;
    Optional<Knock> next = nextKnock;
    nextKnock = Optional.empty();
    next.ifPresent(why -> knock(why));
  }

  private void judgeKnock(HttpResult result) {
    if (!(result instanceof HttpResult.Unreachable unreachable) || unreachable.isRefused()) {
      var _ = judge(result);
    }
  }

  private void run() {
    while (!closed) {
      if (ask()) {
        failedBefore = false;
        if (answers++ % KNOCK_EVERY == 0) {
          knock(Knock.UPKEEP);
        }
      } else {
        answers = 0;
        pauseUnlessFirst();
      }
    }
  }

  // A defect in what listens must not leave old claims to count as live.
  private boolean ask() {
    try {
      return judge(client.send(nextCall(), PATIENCE));
    } catch (RuntimeException e) {
      LOG.error("claims of {}: a defect", peer.node(), e);
      // What the listener has taken of it is not known: it is told all of it again.
      return forget(Channel.SILENT, "a defect here: " + e);
    }
  }

  private synchronized HttpCall nextCall() {
    if (last.isEmpty()
        || channel.filter(Channel.OPEN::equals).isEmpty()
        || (knownWanted.getAsBoolean() && !last.get().stored().equals(knownOf))) {
      return CLAIMS.withQuery("known", "true");
    }
    return CLAIMS
        .withQuery("after", Long.toString(last.get().sequence()))
        .withQuery("boot", last.get().bootId())
        .withQuery("wait", "1s");
  }

  /// @return whether the peer answered as it should
  private boolean judge(HttpResult result) {
    return switch (result) {
      case HttpResult.Answered(HttpAnswer answer) -> answered(answer);
      case HttpResult.Unreachable unreachable when unreachable.isRefused() ->
          forget(Channel.REFUSED, unreachable.reason());
      // A connection's end alone says nothing: the next try does.
      case HttpResult.Unreachable(String reason, var _) ->
          failedBefore && failed(Channel.SILENT, reason);
      case HttpResult.TimedOut(String reason) -> failed(Channel.SILENT, reason);
    };
  }

  private boolean answered(HttpAnswer answer) {
    if (answer.status() != 200) {
      return failed(Channel.SILENT, "status " + answer.status());
    }
    return switch (ProtocolCodec.decodeClaims(answer.body().octets())) {
      case Decoded.Malformed<SpeakerClaims>(String message) -> failed(Channel.SILENT, message);
      case Decoded.Value<SpeakerClaims>(SpeakerClaims claims) -> {
        if (claims.node().equals(peer.node())) {
          told(claims);
          yield true;
        }
        yield failed(Channel.SILENT, "it is the speaker of " + claims.node());
      }
    };
  }

  private synchronized void told(SpeakerClaims claims) {
    if (closed) {
      return;
    }
    // A sequence names what was claimed; besides, only what is known of a state can be news.
    boolean sameRun = last.isPresent() && last.get().bootId().equals(claims.bootId());
    long ahead = sameRun ? claims.sequence() - last.get().sequence() : 1;
    boolean more = claims.known().isPresent() && !claims.stored().equals(knownOf);
    if (ahead > 0 || (ahead == 0 && more)) {
      last = Optional.of(claims);
      if (claims.known().isPresent()) {
        knownOf = claims.stored();
      }
      listener.told(claims);
    }
    set(Channel.OPEN, "");
  }

  // What comes next is told whole: whoever hears of a refusal forgets what was told. Not in two
  // steps, as what a knock tells between them would be lost.
  private synchronized boolean forget(Channel how, String reason) {
    last = Optional.empty();
    knownOf = Optional.empty();
    return failed(how, reason);
  }

  private synchronized boolean failed(Channel how, String reason) {
    if (!closed) {
      set(how, reason);
    }
    return false;
  }

  private void set(Channel now, String reason) {
    if (channel.filter(now::equals).isEmpty()) {
      LOG.info("claims of {}: {} {}", peer.node(), now, reason);
      channel = Optional.of(now);
      listener.channel(peer.node(), now);
    }
  }

  private void pauseUnlessFirst() {
    if (!failedBefore) {
      failedBefore = true;
      return;
    }
    try {
      Thread.sleep(BACK_OFF);
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    client.close();
    thread.interrupt();
  }
}
