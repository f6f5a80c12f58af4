// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.History.Offer;
import io.gitlb.speaker.bgp.History.Path;
import io.gitlb.speaker.bgp.OpenNegotiation.Verdict;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.MessageType;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// What a machine can do in one step: each move is the next machine and the actions that lead to
/// it. When which is made is in [Fsm].
final class Moves {

  private static final Duration STABLE_TIME = Duration.ofMinutes(1);

  /// How long a path that BFD has lost is waited for: the router may be back without BFD, or have
  /// another key.
  private static final Duration PATH_TIME = Duration.ofSeconds(30);

  /// In connect times: how long a passive peer may not call before that is told.
  private static final int PATIENCE = 2;

  private final Fsm from;
  private final Jitter jitter;

  // The parts of the machine that the moves read.
  private final PeerConfig config;
  private final State state;
  private final History history;
  private final Talk talk;

  /// @param jitter for the timers that the move starts
  Moves(Fsm from, Jitter jitter) {
    this.from = from;
    this.jitter = jitter;
    this.config = from.config();
    this.state = from.state();
    this.history = from.history();
    this.talk = from.talk();
  }

  Step stay(Action... actions) {
    return new Step(from, List.of(actions));
  }

  Step stay(List<Action> actions) {
    return new Step(from, actions);
  }

  SessionTimers timers() {
    return new SessionTimers(talk.agreed().orElseThrow(), config.times());
  }

  List<Action> farewell(StopReason reason) {
    return reason.farewell(talk.agreed()).<Action>map(Action.Send::new).stream().toList();
  }

  private boolean passive() {
    return config.transport().initiative() == Transport.Initiative.PASSIVE;
  }

  /// In Idle. A path that was lost before is waited for.
  Step begin() {
    return switch (history.path()) {
      case USABLE, AWAITED -> dial(new Action.StopTimer(Timer.IDLE_HOLD));
      case LOST -> awaitPath();
    };
  }

  /// The pause is over.
  Step rested() {
    return switch (history.path()) {
      case USABLE, AWAITED -> dial();
      case LOST -> awaitPath();
    };
  }

  private Step awaitPath() {
    return new Step(
        from.to(State.IDLE, history.on(Path.AWAITED)),
        List.of(new Action.StartTimer(Timer.IDLE_HOLD, PATH_TIME)));
  }

  /// In Idle. The pause goes on if it is not over.
  Step pathBack() {
    return switch (history.path()) {
      case USABLE -> stay();
      case LOST -> new Step(from.to(State.IDLE, history.on(Path.USABLE)), List.of());
      case AWAITED -> dial(new Action.StopTimer(Timer.IDLE_HOLD));
    };
  }

  /// In Idle: often the peer has noticed first and ended the session.
  Step pathLostMeanwhile() {
    return switch (history.path()) {
      case USABLE ->
          new Step(
              from.to(State.IDLE, history.on(Path.LOST)), List.of(new Action.Report(noPath())));
      case LOST, AWAITED -> stay();
    };
  }

  /// Before our OPEN.
  Step pathLost() {
    return pathLost(List.of(), noPath());
  }

  private Failure noPath() {
    return new Failure.Transport(state, "BFD has lost the path");
  }

  Step pathLost(Notification answer) {
    return pathLost(List.of(new Action.Send(answer)), new Failure.Sent(answer, ""));
  }

  private Step pathLost(List<Action> first, Failure failure) {
    History next = history.afterFailure(Offer.CAPABILITIES).on(Path.LOST);
    return idle(first, failure, jitter.of(history.pause()), next);
  }

  Step dial(Action... before) {
    History next = history.on(Path.USABLE);
    List<Action> actions = new ArrayList<>(List.of(before));
    actions.add(connectRetry());
    if (passive()) {
      return new Step(from.to(State.ACTIVE, next), actions);
    }
    actions.add(new Action.Connect());
    return new Step(from.to(State.CONNECT, next), actions);
  }

  /// The time to connect, or to wait for a call, is over.
  Step again() {
    if (passive()) {
      String cause = "the peer has not called; passive at both ends" + orPassword() + "?" + guard();
      return stay(new Action.Report(new Failure.Transport(state, cause)));
    }
    List<Action> actions = new ArrayList<>(List.of(new Action.Disconnect()));
    if (state == State.CONNECT) {
      actions.add(new Action.Report(new Failure.Transport(state, noAnswer())));
    }
    actions.add(connectRetry());
    actions.add(new Action.Connect());
    return new Step(from.to(State.CONNECT, history), actions);
  }

  /// A segment with another signature is dropped without a word (RFC 2385 section 2.0).
  private String noAnswer() {
    String password = isSigned() ? "; is there another password, or none, at the peer?" : "";
    return "no answer to the connection" + password + guard();
  }

  /// The kernel drops what has come too far without a word (RFC 5082 section 3).
  private String guard() {
    OptionalInt links = config.transport().ttlSecurity();
    return links.isPresent()
        ? "; ttlSecurity: "
            + links.getAsInt()
            + " drops what comes from further away, and all of a peer without it"
        : "";
  }

  private String orPassword() {
    return isSigned() ? ", or another password" : "";
  }

  private boolean isSigned() {
    return config.transport().key().isPresent();
  }

  Step open(IpAddress local, Initiator initiator) {
    Ipv4 identifier =
        config.routerId().orElseGet(() -> local instanceof Ipv4 own ? own : from.nodeIdentifier());
    Open ours = OpenNegotiation.ours(config, identifier, history);
    Talk opened = Talk.opened(initiator, ours);
    return new Step(
        from.moved(State.OPEN_SENT, opened),
        List.of(
            new Action.StopTimer(Timer.CONNECT_RETRY),
            new Action.Send(ours),
            new Action.StartTimer(Timer.HOLD, config.times().openTime())));
  }

  Step judge(Open theirs) {
    return switch (OpenNegotiation.judge(config, talk.ours().orElseThrow(), theirs)) {
      case Verdict.Refused(Notification answer, String why) -> refuse(answer, why);
      case Verdict.Agreed(Negotiated agreed) -> confirm(agreed);
    };
  }

  private Step confirm(Negotiated agreed) {
    Fsm next = from.moved(State.OPEN_CONFIRM, talk.agreeing(agreed));
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Agree(agreed));
    actions.add(new Action.Send(new Keepalive()));
    if (agreed.holdTime().isZero()) {
      actions.add(new Action.StopTimer(Timer.HOLD));
    }
    SessionTimers timers = new SessionTimers(agreed, config.times());
    actions.addAll(timers.hold());
    actions.addAll(timers.keepalive(jitter));
    return new Step(next, actions);
  }

  Step establish() {
    List<Action> actions = new ArrayList<>(timers().hold());
    actions.addAll(timers().sendHold());
    actions.add(new Action.StartTimer(Timer.STABLE, STABLE_TIME));
    actions.add(new Action.Advertise(talk.agreed().orElseThrow()));
    return new Step(from.to(State.ESTABLISHED, history.established()), actions);
  }

  Step keepalive() {
    List<Action> actions = new ArrayList<>(List.of(new Action.Send(new Keepalive())));
    actions.addAll(timers().keepalive(jitter));
    return stay(actions);
  }

  Step stable() {
    return new Step(from.to(State.ESTABLISHED, history.afterStableTime()), List.of());
  }

  /// A request for a family that was not agreed on is passed over (RFC 2918 section 4).
  Step refresh(RouteRefresh refresh) {
    List<Action> actions = new ArrayList<>(timers().hold());
    boolean agreed = talk.agreed().orElseThrow().families().contains(refresh.family());
    if (agreed && refresh.subtype() == RouteRefresh.REQUEST) {
      actions.add(new Action.Readvertise(refresh.family()));
    }
    return stay(actions);
  }

  /// TCP is gone before the peer said a word: listen for it, and dial again unless passive.
  Step activeAgain(String cause) {
    return new Step(
        from.to(State.ACTIVE, history),
        List.of(
            new Action.StopAllTimers(),
            new Action.Disconnect(),
            new Action.Report(new Failure.Transport(state, cause)),
            connectRetry()));
  }

  Step notConnected(String cause) {
    Failure failure = new Failure.Transport(state, cause);
    return idle(List.of(), failure, jitter.of(config.times().connectTime()), history);
  }

  Step broken(String cause) {
    return failed(List.of(), new Failure.Transport(state, cause), Offer.CAPABILITIES);
  }

  Step refuse(Notification answer) {
    return refuse(answer, "");
  }

  Step refuse(Notification answer, String why) {
    return failed(
        List.of(new Action.Send(answer)), new Failure.Sent(answer, why), Offer.CAPABILITIES);
  }

  /// A NOTIFICATION is never answered. Most peers say their own OPEN before they refuse ours.
  Step refused(Notification notification) {
    boolean parameters =
        state != State.ESTABLISHED
            && notification.refusesOptionalParameters()
            && history.offer() == Offer.CAPABILITIES;
    return failed(
        List.of(),
        new Failure.Received(notification),
        parameters ? Offer.NO_CAPABILITIES : Offer.CAPABILITIES);
  }

  Step unexpected(MessageType type) {
    return refuse(Notification.unexpectedMessage(fsmSubcode(), type));
  }

  Step timeOut(Timer timer) {
    return switch (timer) {
      case HOLD -> refuse(Notification.holdTimerExpired());
      case IDLE_HOLD, CONNECT_RETRY, KEEPALIVE, SEND_HOLD, STABLE ->
          refuse(Notification.fsmError(fsmSubcode()));
    };
  }

  /// RFC 6608 section 3.
  private int fsmSubcode() {
    return switch (state) {
      case IDLE, CONNECT, ACTIVE -> 0;
      case OPEN_SENT -> 1;
      case OPEN_CONFIRM -> 2;
      case ESTABLISHED -> 3;
    };
  }

  /// RFC 9687 section 5: a NOTIFICATION could not go out either.
  Step sendHoldExpired() {
    return failed(
        List.of(new Action.Abort()),
        new Failure.SendHoldExpired(timers().sendHoldTime()),
        Offer.CAPABILITIES);
  }

  private Step failed(List<Action> first, Failure failure, Offer nextOffer) {
    return idle(first, failure, jitter.of(history.pause()), history.afterFailure(nextOffer));
  }

  private Step idle(List<Action> first, Failure failure, Duration pause, History nextHistory) {
    List<Action> actions = new ArrayList<>(first);
    actions.add(new Action.StopAllTimers());
    actions.add(new Action.Disconnect());
    actions.add(new Action.Report(failure));
    actions.add(new Action.StartTimer(Timer.IDLE_HOLD, pause));
    return new Step(from.to(State.IDLE, nextHistory), actions);
  }

  Step stopped(List<Action> first) {
    List<Action> actions = new ArrayList<>(first);
    actions.add(new Action.StopAllTimers());
    actions.add(new Action.Disconnect());
    return new Step(from.to(State.IDLE, history), actions);
  }

  /// Whatever comes of the path leads to no attempt any more.
  Step stoppedInIdle() {
    return new Step(
        from.to(State.IDLE, history.on(Path.USABLE)), List.of(new Action.StopAllTimers()));
  }

  private Action connectRetry() {
    Duration time = config.times().connectTime().multipliedBy(passive() ? PATIENCE : 1);
    return new Action.StartTimer(Timer.CONNECT_RETRY, jitter.of(time));
  }
}
