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

  private final Function<NodeName, Optional<DesiredState>> states;

  /// One state at a time is written out: thousands of speakers may ask at once.
  private final ReentrantLock lock = new ReentrantLock();

  /// @param states node → what its speaker shall have now; empty: nothing is decided for it
  public DesiredEndpoint(Function<NodeName, Optional<DesiredState>> states) {
    this.states = states;
  }

  /// Who calls with a certificate gets the state of a node that it names. Without certificates,
  /// which is on loopback only, everybody does.
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
    if (!call.callers().isEmpty() && PeerNames.speaker(node).matching(call.callers()).isEmpty()) {
      return HttpAnswer.text(
          403,
          "the certificate is for "
              + String.join(", ", call.callers())
              + "; the state of node "
              + node
              + " is for "
              + PeerNames.speaker(node));
    }
    return states
        .apply(node)
        .map(state -> answer(call, state))
        .orElseGet(
            () -> HttpAnswer.text(503, "nothing is decided for node " + node + " yet; try again"));
  }

  private HttpAnswer answer(HttpCall call, DesiredState state) {
    String tag = '"' + state.generation().toString() + '"';
    if (asksFor(call, tag)) {
      return HttpAnswer.empty(304).withHeader("etag", tag);
    }
    lock.lock();
    try {
      return HttpAnswer.json(200, ProtocolCodec.encode(state)).withHeader("etag", tag);
    } finally {
      lock.unlock();
    }
  }

  /// RFC 9110 section 13.1.2.
  private static boolean asksFor(HttpCall call, String tag) {
    return call.header("if-none-match")
        .filter(tags -> Arrays.stream(tags.split(",", -1)).map(String::strip).anyMatch(tag::equals))
        .isPresent();
  }
}
