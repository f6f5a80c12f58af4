// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpMethod;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.NodeName;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers `GET /v1/nodes/NODE/desired`: a speaker that heard of something newer from its peers
/// asks for its own node's state. States are pushed; this is for a speaker that pushes do not
/// reach.
///
/// The entity tag is the generation, as in `"7.42"`: a state that came to the speaker by deltas has
/// another digest than the same state whole.
public final class DesiredEndpoint implements HttpHandler {

  private static final Pattern PATH = Pattern.compile("/v1/nodes/([^/]{1,253})/desired");

  /// Bodies that are being made or written at a time. Each may have several MiB, twice with TLS,
  /// and after a new epoch all speakers ask within a second or two.
  static final int BODIES = 4;

  /// Seconds until whoever was turned away asks again; it adds as much again by chance.
  private static final String RETRY_AFTER = "3";

  private final Function<NodeName, Optional<DesiredState>> states;
  private final Callers callers;

  /// Taken for each answer 200 until that is written.
  private final Semaphore bodies = new Semaphore(BODIES);

  /// One state at a time is written out.
  private final ReentrantLock lock = new ReentrantLock();

  /// Who may ask.
  public enum Callers {
    /// The speaker of a node, which shows a certificate that says so.
    CERTIFIED,
    /// Everybody, without TLS, for what holds no password; so it is on loopback only.
    ANYBODY
  }

  /// @param states node → what its speaker shall have now; empty: nothing is decided for it
  public DesiredEndpoint(Function<NodeName, Optional<DesiredState>> states, Callers callers) {
    this.states = states;
    this.callers = callers;
  }

  /// At most [#BODIES] states are under way at a time: more calls are answered with 503 and a
  /// `retry-after`, which the 503 of a node without a state does not have.
  @Override
  public HttpAnswer handle(HttpCall call) {
    Matcher path = PATH.matcher(call.path());
    if (!path.matches()) {
      return HttpAnswer.text(404, "there is /v1/nodes/NODE/desired");
    }
    if (call.method() != HttpMethod.GET) {
      return HttpAnswer.text(405, "allowed is GET").withHeader("allow", "GET");
    }
    NodeName node;
    try {
      node = new NodeName(path.group(1));
    } catch (IllegalArgumentException _) {
      return HttpAnswer.text(404, "this is not the name of a node");
    }
    return refusal(call, node)
        .or(() -> states.apply(node).map(state -> answer(call, state)))
        .orElseGet(
            () -> HttpAnswer.text(503, "nothing is decided for node " + node + " yet; try again"));
  }

  private Optional<HttpAnswer> refusal(HttpCall call, NodeName node) {
    return switch (callers) {
      case ANYBODY -> Optional.empty();
      case CERTIFIED ->
          PeerNames.speaker(node).matching(call.callers()).isEmpty()
              ? Optional.of(
                  HttpAnswer.text(
                      403,
                      (call.callers().isEmpty()
                              ? "there is no certificate"
                              : "the certificate is for " + String.join(", ", call.callers()))
                          + "; the state of node "
                          + node
                          + " is for "
                          + PeerNames.speaker(node)))
              : Optional.empty();
    };
  }

  private HttpAnswer answer(HttpCall call, DesiredState state) {
    if (callers == Callers.ANYBODY && state.hasSecrets()) {
      return HttpAnswer.text(
          403, "the state of node " + state.node() + " has passwords, which need TLS");
    }
    String tag = '"' + state.generation().toString() + '"';
    if (asksFor(call, tag)) {
      return HttpAnswer.empty(304).withHeader("etag", tag);
    }
    if (!bodies.tryAcquire()) {
      return HttpAnswer.text(503, "other speakers are being answered; try again")
          .withHeader("retry-after", RETRY_AFTER);
    }
    boolean made = false;
    lock.lock();
    try {
      HttpAnswer whole = HttpAnswer.json(200, ProtocolCodec.encode(state)).withHeader("etag", tag);
      made = true;
      return whole;
    } finally {
      lock.unlock();
      if (!made) {
        bodies.release();
      }
    }
  }

  @Override
  public void ended(HttpAnswer answer) {
    if (answer.status() == 200) {
      bodies.release();
    }
  }

  /// RFC 9110 section 13.1.2.
  private static boolean asksFor(HttpCall call, String tag) {
    return call.header("if-none-match")
        .filter(tags -> Arrays.stream(tags.split(",", -1)).map(String::strip).anyMatch(tag::equals))
        .isPresent();
  }
}
