// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.conflict.ProbeKeeper;
import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.ProbePort.Answer;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DesiredDelta;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The calls to one speaker, wherever it is now. Each blocks the calling virtual thread; two may be
/// under way at a time.
final class SpeakerCalls implements AutoCloseable {

  private static final String PATH = "/v1/desired";

  /// Of another program's answer that is shown in a message.
  private static final int SHOWN_CHARACTERS = 200;

  private final NodeName node;
  private final HttpLoops loops;
  private final PushSettings settings;
  private Optional<Dialled.Line> line = Optional.empty();
  private boolean closed;

  /// What came of looking for the speaker.
  private sealed interface Dialled {

    /// A client and the endpoint that it was made for.
    record Line(SpeakerEndpoint endpoint, HttpClient client) implements Dialled {}

    /// It cannot be called.
    record Nowhere(Failure failure) implements Dialled {}
  }

  SpeakerCalls(NodeName node, HttpLoops loops, PushSettings settings) {
    this.node = node;
    this.loops = loops;
    this.settings = settings;
  }

  /// Sends a state and reads the answer.
  ///
  /// @param base what the speaker has; a small difference from it is sent alone, and the whole
  ///   state after all when the speaker does not take that, for whatever reason
  PushOutcome push(DesiredState state, Optional<PushBase> base) {
    return switch (dial()) {
      case Dialled.Nowhere(Failure failure) -> new PushOutcome.Failed(failure);
      case Dialled.Line line ->
          base.flatMap(known -> known.deltaTo(state))
              .map(delta -> patch(line, state, delta))
              .orElseGet(() -> put(line, state));
    };
  }

  private PushOutcome put(Dialled.Line line, DesiredState state) {
    SpeakerEndpoint endpoint = line.endpoint();
    HttpCall call =
        HttpCall.put(PATH, "application/json", HttpBody.of(ProtocolCodec.encode(state)));
    return switch (line.client().send(call, settings.timing().answer())) {
      case HttpResult.Answered(HttpAnswer answer) -> read(endpoint, state, answer);
      case HttpResult.Unreachable result -> new PushOutcome.Failed(endpoint.unreachable(result));
      case HttpResult.TimedOut result -> new PushOutcome.Failed(endpoint.timedOut(result));
    };
  }

  private PushOutcome patch(Dialled.Line line, DesiredState state, DesiredDelta delta) {
    SpeakerEndpoint endpoint = line.endpoint();
    HttpCall call =
        HttpCall.patch(PATH, "application/json", HttpBody.of(ProtocolCodec.encode(delta)))
            .withHeader("if-match", '"' + delta.base() + '"');
    return switch (line.client().send(call, settings.timing().answer())) {
      case HttpResult.Answered(HttpAnswer answer) ->
          switch (read(endpoint, state, answer)) {
            case PushOutcome.Failed _ -> put(line, state);
            case PushOutcome.Stored stored -> stored;
            case PushOutcome.Stale stale -> stale;
          };
      case HttpResult.Unreachable result -> new PushOutcome.Failed(endpoint.unreachable(result));
      case HttpResult.TimedOut result -> new PushOutcome.Failed(endpoint.timedOut(result));
    };
  }

  private PushOutcome read(SpeakerEndpoint endpoint, DesiredState state, HttpAnswer answer) {
    Decoded<PushReply> decoded = ProtocolCodec.decodeReply(answer.body().octets());
    return switch (decoded) {
      case Decoded.Value<PushReply>(PushReply reply) -> read(endpoint, state, answer, reply);
      case Decoded.Malformed<PushReply>(String message) ->
          new PushOutcome.Failed(
              answer.status() == 200
                  ? notUnderstood(endpoint, answer, message)
                  : refused(endpoint, answer, firstLine(answer)));
    };
  }

  private PushOutcome read(
      SpeakerEndpoint endpoint, DesiredState state, HttpAnswer answer, PushReply reply) {
    return switch (reply) {
      case PushReply.Stored(Generation generation, String digest) when answer.status() == 200 ->
          generation.equals(state.generation())
              ? new PushOutcome.Stored(digest)
              : new PushOutcome.Failed(
                  notUnderstood(
                      endpoint,
                      answer,
                      "it stored generation " + generation + ", sent was " + state.generation()));
      case PushReply.Stored _ ->
          new PushOutcome.Failed(notUnderstood(endpoint, answer, "stored with that status"));
      case PushReply.Stale(Generation newest) ->
          new PushOutcome.Stale(
              newest, PushFailure.stale(node, endpoint.where(), newest, state.generation()));
      case PushReply.Refused(String message) ->
          new PushOutcome.Failed(refused(endpoint, answer, message));
    };
  }

  /// Has the speaker probe addresses on its links.
  Answer probe(Ask ask) {
    return switch (dial()) {
      case Dialled.Nowhere(Failure failure) -> new Answer.Unasked(ask.number(), failure.toString());
      case Dialled.Line line -> probe(line, ask);
    };
  }

  private static Answer probe(Dialled.Line line, Ask ask) {
    SpeakerEndpoint endpoint = line.endpoint();
    HttpCall call =
        HttpCall.post(
            "/v1/probes",
            "application/json",
            HttpBody.of(ProtocolCodec.encode(new ProbeRequest(List.copyOf(ask.addresses())))));
    HttpResult result = line.client().send(call, ProbeKeeper.LIMIT);
    if (result instanceof HttpResult.Unreachable) {
      // A kept connection may have been dead; to probe twice does no harm.
      result = line.client().send(call, ProbeKeeper.LIMIT);
    }
    return switch (result) {
      case HttpResult.Answered(HttpAnswer answer) -> ProbeAnswers.read(ask, answer);
      case HttpResult.Unreachable unreachable ->
          new Answer.Unasked(ask.number(), endpoint.unreachable(unreachable).toString());
      case HttpResult.TimedOut timedOut ->
          new Answer.Unasked(ask.number(), endpoint.timedOut(timedOut).toString());
    };
  }

  /// Asks for the status.
  ///
  /// @param known the status that we have; empty: answer at once
  PollOutcome poll(Optional<SpeakerStatus> known) {
    return switch (dial()) {
      case Dialled.Nowhere(Failure failure) -> new PollOutcome.Failed(failure);
      case Dialled.Line(SpeakerEndpoint endpoint, HttpClient client) -> {
        Duration wait = settings.timing().pollWait();
        yield switch (client.send(statusCall(known, wait), wait.plus(settings.timing().answer()))) {
          case HttpResult.Answered(HttpAnswer answer) -> read(endpoint, answer);
          case HttpResult.Unreachable result ->
              new PollOutcome.Failed(endpoint.unreachable(result));
          case HttpResult.TimedOut result -> new PollOutcome.Failed(endpoint.timedOut(result));
        };
      }
    };
  }

  /// Sequences start again with each run of a speaker, so the run is named too.
  private static HttpCall statusCall(Optional<SpeakerStatus> known, Duration wait) {
    HttpCall call =
        HttpCall.get("/v1/status")
            .withQuery("after", Long.toString(known.map(SpeakerStatus::sequence).orElse(0L)))
            .withQuery("wait", wait.toSeconds() + "s");
    return known.map(status -> call.withQuery("boot", status.bootId())).orElse(call);
  }

  /// What asking for the stored state gave.
  sealed interface StoredState {

    /// The speaker has this, or nothing.
    record Known(Optional<DesiredState> state) implements StoredState {}

    /// Nobody knows.
    record Unknown(Failure failure) implements StoredState {}
  }

  /// Asks what the speaker has stored.
  StoredState stored() {
    return switch (dial()) {
      case Dialled.Nowhere(Failure failure) -> new StoredState.Unknown(failure);
      case Dialled.Line(SpeakerEndpoint endpoint, HttpClient client) ->
          switch (client.send(HttpCall.get(PATH), settings.timing().answer())) {
            case HttpResult.Answered(HttpAnswer answer) -> readStored(endpoint, answer);
            case HttpResult.Unreachable result ->
                new StoredState.Unknown(endpoint.unreachable(result));
            case HttpResult.TimedOut result -> new StoredState.Unknown(endpoint.timedOut(result));
          };
    };
  }

  private StoredState readStored(SpeakerEndpoint endpoint, HttpAnswer answer) {
    if (answer.status() == 404) {
      return new StoredState.Known(Optional.empty());
    }
    if (answer.status() != 200) {
      return new StoredState.Unknown(refused(endpoint, answer, firstLine(answer)));
    }
    return switch (ProtocolCodec.decodeDesired(answer.body().octets())) {
      case Decoded.Malformed<DesiredDocument>(String message) ->
          new StoredState.Unknown(notUnderstood(endpoint, answer, message));
      case Decoded.Value<DesiredDocument>(DesiredDocument document) ->
          new StoredState.Known(Optional.of(document.state()));
    };
  }

  private PollOutcome read(SpeakerEndpoint endpoint, HttpAnswer answer) {
    if (answer.status() != 200) {
      return new PollOutcome.Failed(refused(endpoint, answer, firstLine(answer)));
    }
    return switch (ProtocolCodec.decodeStatus(answer.body().octets())) {
      case Decoded.Malformed<SpeakerStatus>(String message) ->
          new PollOutcome.Failed(notUnderstood(endpoint, answer, message));
      case Decoded.Value<SpeakerStatus>(SpeakerStatus status) ->
          status.node().equals(node)
              ? new PollOutcome.Told(status)
              : new PollOutcome.Failed(
                  PushFailure.WRONG_NODE.of(
                      node,
                      endpoint.where(),
                      "the speaker of "
                          + status.node()
                          + " answers there; correct the URL of one of the two"));
    };
  }

  private SpeakerEndpoint.Found find() {
    return SpeakerEndpoint.of(node, settings.speakerUrl().apply(node), settings.identity());
  }

  /// The line to where the speaker is now. Looked up with the lock held: else one that has moved
  /// meanwhile would be called where it was, after [#hasMoved] has cut the calls to there.
  private synchronized Dialled dial() {
    return switch (find()) {
      case SpeakerEndpoint.Found.Unusable(Failure failure) -> new Dialled.Nowhere(failure);
      case SpeakerEndpoint.Found.Usable(SpeakerEndpoint endpoint) ->
          line.filter(current -> current.endpoint().equals(endpoint))
              .orElseGet(() -> open(endpoint));
    };
  }

  private Dialled.Line open(SpeakerEndpoint endpoint) {
    hangUp();
    HttpClientSettings client =
        new HttpClientSettings(
            endpoint.host(),
            endpoint.port(),
            endpoint.security(),
            Optional.empty(),
            settings.timing().connect(),
            ProtocolCodec.MAX_DOCUMENT_BYTES);
    Dialled.Line opened = new Dialled.Line(endpoint, HttpClient.create(loops, client));
    line = Optional.of(opened);
    if (closed) {
      hangUp();
    }
    return opened;
  }

  /// Cuts calls to an address where the speaker is no more.
  ///
  /// @return whether it has another address now, or has one at all for the first time
  synchronized boolean hasMoved() {
    return switch (find()) {
      case SpeakerEndpoint.Found.Usable(SpeakerEndpoint endpoint) -> {
        boolean moved = line.filter(current -> current.endpoint().equals(endpoint)).isEmpty();
        if (moved) {
          hangUp();
        }
        yield moved;
      }
      case SpeakerEndpoint.Found.Unusable _ -> {
        boolean hadOne = line.isPresent();
        hangUp();
        yield hadOne;
      }
    };
  }

  private synchronized void hangUp() {
    line.ifPresent(current -> current.client().close());
    line = Optional.empty();
  }

  private Failure refused(SpeakerEndpoint endpoint, HttpAnswer answer, String message) {
    return PushFailure.REFUSED.of(
        node, endpoint.where(), "it refuses with HTTP status " + answer.status() + ": " + message);
  }

  private Failure notUnderstood(SpeakerEndpoint endpoint, HttpAnswer answer, String message) {
    return PushFailure.NOT_UNDERSTOOD.of(
        node,
        endpoint.where(),
        "its answer with HTTP status "
            + answer.status()
            + " is not understood ("
            + message
            + "); is it a speaker, of a version that fits?");
  }

  private static String firstLine(HttpAnswer answer) {
    String text = answer.body().text().lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ");
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }

  /// Cuts the calls under way; later ones fail at once.
  @Override
  public synchronized void close() {
    closed = true;
    hangUp();
  }
}
