// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.History.Offer;
import io.gitlb.speaker.bgp.OpenNegotiation.Verdict;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageType;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The session state machine of RFC 4271 section 8.2.2 for a peer that we dial. A value: an event
/// gives a new one.
///
///     Idle ──Start, IdleHold──► Connect ──TCP up──► OpenSent ──OPEN──► OpenConfirm ──KEEPALIVE──► Established
///                                  ▲ ConnectRetry       │ TCP fails
///                                  └───── Active ◄──────┘
///     every fault ──► Idle, and again after a pause
///
/// The pause after a connection that did not come up is the connect time; after a session that
/// failed it is 1 s, doubled with each failure up to 120 s, and forgotten once a session has lasted
/// a minute. Left out: DelayOpen, and the passive side.
public final class Fsm {

  /// How long to wait for the peer's OPEN. The RFC suggests 4 min; a connection that is accepted
  /// and then ignored (an unconfigured peer, a TTL check) is better tried again sooner.
  private static final Duration OPEN_HOLD_TIME = Duration.ofMinutes(1);

  private static final Duration STABLE_TIME = Duration.ofMinutes(1);

  /// RFC 9687 section 5: the larger of 8 min and twice the hold time.
  private static final Duration MIN_SEND_HOLD_TIME = Duration.ofMinutes(8);

  /// RFC 4271 section 4.4: not more than one KEEPALIVE a second.
  private static final Duration MIN_KEEPALIVE_TIME = Duration.ofSeconds(1);

  private final PeerConfig config;
  private final Ipv4 nodeIdentifier;
  private final State state;
  private final History history;
  private final Optional<Open> sentOpen;
  private final Optional<Negotiated> negotiated;

  private Fsm(
      PeerConfig config,
      Ipv4 nodeIdentifier,
      State state,
      History history,
      Optional<Open> sentOpen,
      Optional<Negotiated> negotiated) {
    this.config = config;
    this.nodeIdentifier = nodeIdentifier;
    this.state = state;
    this.history = history;
    this.sentOpen = sentOpen;
    this.negotiated = negotiated;
  }

  /// A machine in Idle that has not been started.
  ///
  /// @param nodeIdentifier our BGP identifier on connections without an IPv4 address of ours
  public static Fsm idle(PeerConfig config, Ipv4 nodeIdentifier) {
    return new Fsm(
        config, nodeIdentifier, State.IDLE, History.NONE, Optional.empty(), Optional.empty());
  }

  public State state() {
    return state;
  }

  public PeerConfig config() {
    return config;
  }

  /// Present in OpenConfirm and Established.
  public Optional<Negotiated> negotiated() {
    return negotiated;
  }

  /// The same session under a configuration that keeps it.
  ///
  /// @throws IllegalArgumentException when it does not
  public Fsm reconfigured(PeerConfig newConfig) {
    if (!newConfig.keepsSessionOf(config)) {
      throw new IllegalArgumentException("peer " + config.name() + " needs a new session");
    }
    return new Fsm(newConfig, nodeIdentifier, state, history, sentOpen, negotiated);
  }

  /// @param jitter for the timers that this step starts
  public Step on(Event event, Jitter jitter) {
    return switch (state) {
      case IDLE -> inIdle(event, jitter);
      case CONNECT, ACTIVE -> inConnectOrActive(event, jitter);
      case OPEN_SENT -> inOpenSent(event, jitter);
      case OPEN_CONFIRM -> inOpenConfirm(event, jitter);
      case ESTABLISHED -> inEstablished(event, jitter);
    };
  }

  /// RFC 4271 section 8.2.2, Idle state.
  private Step inIdle(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _ -> dial(jitter, new Action.StopTimer(Timer.IDLE_HOLD));
      case Event.TimerExpired(Timer timer) when timer == Timer.IDLE_HOLD -> dial(jitter);
      case Event.Stop _ -> stay(new Action.StopAllTimers());
      case Event.Connected _ -> stay(new Action.Disconnect());
      case Event.TimerExpired _, Event.ConnectionFailed _, Event.MessageSent _ -> stay();
      case Event.Received _, Event.ReceivedMalformed _ -> stay();
    };
  }

  /// RFC 4271 section 8.2.2, Connect state and Active state: they differ in whether an attempt is
  /// under way, and so in nothing that these events do.
  private Step inConnectOrActive(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _ -> stay();
      case Event.Stop _ -> stopped(List.of());
      case Event.Connected(IpAddress local) -> open(local);
      case Event.ConnectionFailed(String cause) -> notConnected(cause, jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.CONNECT_RETRY -> redial(jitter);
      case Event.TimerExpired(Timer timer) -> broken("timer " + timer + " out of turn", jitter);
      case Event.Received(Message m) -> broken(m.type() + " before we sent our OPEN", jitter);
      case Event.ReceivedMalformed _ -> broken("octets before we sent our OPEN", jitter);
    };
  }

  /// RFC 4271 section 8.2.2, OpenSent state.
  private Step inOpenSent(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.Connected _ -> stay();
      case Event.Stop(StopReason reason) -> stopped(List.of(new Action.Send(reason.cease())));
      case Event.ConnectionFailed(String cause) -> activeAgain(cause, jitter);
      case Event.TimerExpired(Timer timer) -> timeOut(timer, jitter);
      case Event.ReceivedMalformed(Notification answer) -> refuse(answer, jitter);
      case Event.Received(Open theirs) -> judge(theirs, jitter);
      case Event.Received(Notification notification) -> refused(notification, jitter);
      case Event.Received(Message message) -> unexpected(message.type(), jitter);
    };
  }

  /// RFC 4271 section 8.2.2, OpenConfirm state.
  private Step inOpenConfirm(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.Connected _ -> stay();
      case Event.Stop(StopReason reason) -> stopped(List.of(new Action.Send(reason.cease())));
      case Event.ConnectionFailed(String cause) -> broken(cause, jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.KEEPALIVE -> keepalive(jitter);
      case Event.TimerExpired(Timer timer) -> timeOut(timer, jitter);
      case Event.ReceivedMalformed(Notification answer) -> refuse(answer, jitter);
      case Event.Received(Keepalive _) -> establish();
      case Event.Received(Notification notification) -> refused(notification, jitter);
      case Event.Received(Message message) -> unexpected(message.type(), jitter);
    };
  }

  /// RFC 4271 section 8.2.2, Established state.
  private Step inEstablished(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _, Event.Connected _ -> stay();
      case Event.MessageSent _ -> stay(sendHold());
      case Event.Stop(StopReason reason) -> stopped(List.of(new Action.Send(reason.cease())));
      case Event.ConnectionFailed(String cause) -> broken(cause, jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.KEEPALIVE -> keepalive(jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.SEND_HOLD -> sendHoldExpired(jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.STABLE -> stable();
      case Event.TimerExpired(Timer timer) -> timeOut(timer, jitter);
      case Event.ReceivedMalformed(Notification answer) -> refuse(answer, jitter);
      case Event.Received(Keepalive _) -> stay(hold());
      case Event.Received(Update _) -> stay(hold());
      case Event.Received(RouteRefresh refresh) -> refresh(refresh);
      case Event.Received(Notification notification) -> refused(notification, jitter);
      case Event.Received(Message message) -> unexpected(message.type(), jitter);
    };
  }

  private Step stay(Action... actions) {
    return new Step(this, List.of(actions));
  }

  private Step stay(List<Action> actions) {
    return new Step(this, actions);
  }

  private Step dial(Jitter jitter, Action... before) {
    List<Action> actions = new ArrayList<>(List.of(before));
    actions.add(connectRetry(jitter));
    actions.add(new Action.Connect());
    return new Step(to(State.CONNECT, history), actions);
  }

  private Step redial(Jitter jitter) {
    List<Action> actions = new ArrayList<>(List.of(new Action.Disconnect()));
    if (state == State.CONNECT) {
      actions.add(new Action.Report(new Failure.Transport(state, "no answer to the connection")));
    }
    actions.add(connectRetry(jitter));
    actions.add(new Action.Connect());
    return new Step(to(State.CONNECT, history), actions);
  }

  private Step open(IpAddress local) {
    Ipv4 identifier =
        config.routerId().orElseGet(() -> local instanceof Ipv4 own ? own : nodeIdentifier);
    Open ours = OpenNegotiation.ours(config, identifier, history);
    Fsm next =
        new Fsm(
            config, nodeIdentifier, State.OPEN_SENT, history, Optional.of(ours), Optional.empty());
    return new Step(
        next,
        List.of(
            new Action.StopTimer(Timer.CONNECT_RETRY),
            new Action.Send(ours),
            new Action.StartTimer(Timer.HOLD, OPEN_HOLD_TIME)));
  }

  private Step judge(Open theirs, Jitter jitter) {
    return switch (OpenNegotiation.judge(config, sentOpen.orElseThrow(), theirs)) {
      case Verdict.Refused(Notification answer, String why) -> refuse(answer, why, jitter);
      case Verdict.Agreed(Negotiated agreed) -> confirm(agreed, jitter);
    };
  }

  private Step confirm(Negotiated agreed, Jitter jitter) {
    Fsm next =
        new Fsm(config, nodeIdentifier, State.OPEN_CONFIRM, history, sentOpen, Optional.of(agreed));
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Agree(agreed));
    actions.add(new Action.Send(new Keepalive()));
    if (agreed.holdTime().isZero()) {
      actions.add(new Action.StopTimer(Timer.HOLD));
    } else {
      actions.addAll(next.hold());
      actions.add(next.keepaliveTimer(jitter));
    }
    return new Step(next, actions);
  }

  private Step establish() {
    List<Action> actions = new ArrayList<>(hold());
    actions.addAll(sendHold());
    actions.add(new Action.StartTimer(Timer.STABLE, STABLE_TIME));
    actions.add(new Action.Advertise(negotiated.orElseThrow()));
    return new Step(to(State.ESTABLISHED, history.established()), actions);
  }

  private Step keepalive(Jitter jitter) {
    return stay(new Action.Send(new Keepalive()), keepaliveTimer(jitter));
  }

  private Step stable() {
    return new Step(to(State.ESTABLISHED, history.afterStableTime()), List.of());
  }

  /// A request for a family that was not agreed on is passed over (RFC 2918 section 4).
  private Step refresh(RouteRefresh refresh) {
    List<Action> actions = new ArrayList<>(hold());
    boolean agreed = negotiated.orElseThrow().families().contains(refresh.family());
    if (agreed && refresh.subtype() == RouteRefresh.REQUEST) {
      actions.add(new Action.Readvertise(refresh.family()));
    }
    return stay(actions);
  }

  /// TCP is gone before the peer said a word: listen for it, were we passive, and dial again.
  private Step activeAgain(String cause, Jitter jitter) {
    return new Step(
        to(State.ACTIVE, history),
        List.of(
            new Action.StopAllTimers(),
            new Action.Disconnect(),
            new Action.Report(new Failure.Transport(state, cause)),
            connectRetry(jitter)));
  }

  private Step notConnected(String cause, Jitter jitter) {
    Failure failure = new Failure.Transport(state, cause);
    return idle(List.of(), failure, jitter.of(config.times().connectTime()), history);
  }

  private Step broken(String cause, Jitter jitter) {
    return failed(List.of(), new Failure.Transport(state, cause), Offer.CAPABILITIES, jitter);
  }

  private Step refuse(Notification answer, Jitter jitter) {
    return refuse(answer, "", jitter);
  }

  private Step refuse(Notification answer, String why, Jitter jitter) {
    return failed(
        List.of(new Action.Send(answer)),
        new Failure.Sent(answer, why),
        Offer.CAPABILITIES,
        jitter);
  }

  /// A NOTIFICATION is never answered.
  private Step refused(Notification notification, Jitter jitter) {
    boolean parameters =
        state == State.OPEN_SENT
            && notification.refusesOptionalParameters()
            && history.offer() == Offer.CAPABILITIES;
    return failed(
        List.of(),
        new Failure.Received(notification),
        parameters ? Offer.NO_CAPABILITIES : Offer.CAPABILITIES,
        jitter);
  }

  private Step unexpected(MessageType type, Jitter jitter) {
    return refuse(Notification.unexpectedMessage(fsmSubcode(), type), jitter);
  }

  private Step timeOut(Timer timer, Jitter jitter) {
    return switch (timer) {
      case HOLD -> refuse(Notification.holdTimerExpired(), jitter);
      case IDLE_HOLD, CONNECT_RETRY, KEEPALIVE, SEND_HOLD, STABLE ->
          refuse(Notification.fsmError(fsmSubcode()), jitter);
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
  private Step sendHoldExpired(Jitter jitter) {
    return failed(
        List.of(new Action.Abort()),
        new Failure.SendHoldExpired(sendHoldTime()),
        Offer.CAPABILITIES,
        jitter);
  }

  private Step failed(List<Action> first, Failure failure, Offer nextOffer, Jitter jitter) {
    return idle(first, failure, jitter.of(history.pause()), history.afterFailure(nextOffer));
  }

  private Step idle(List<Action> first, Failure failure, Duration pause, History nextHistory) {
    List<Action> actions = new ArrayList<>(first);
    actions.add(new Action.StopAllTimers());
    actions.add(new Action.Disconnect());
    actions.add(new Action.Report(failure));
    actions.add(new Action.StartTimer(Timer.IDLE_HOLD, pause));
    return new Step(to(State.IDLE, nextHistory), actions);
  }

  private Step stopped(List<Action> first) {
    List<Action> actions = new ArrayList<>(first);
    actions.add(new Action.StopAllTimers());
    actions.add(new Action.Disconnect());
    return new Step(to(State.IDLE, history), actions);
  }

  private Action connectRetry(Jitter jitter) {
    return new Action.StartTimer(Timer.CONNECT_RETRY, jitter.of(config.times().connectTime()));
  }

  private Action keepaliveTimer(Jitter jitter) {
    Duration time = jitter.of(negotiated.orElseThrow().keepaliveTime());
    Duration atLeast = time.compareTo(MIN_KEEPALIVE_TIME) < 0 ? MIN_KEEPALIVE_TIME : time;
    return new Action.StartTimer(Timer.KEEPALIVE, atLeast);
  }

  private List<Action> hold() {
    Duration holdTime = negotiated.orElseThrow().holdTime();
    return holdTime.isZero() ? List.of() : List.of(new Action.StartTimer(Timer.HOLD, holdTime));
  }

  private List<Action> sendHold() {
    return negotiated.orElseThrow().holdTime().isZero()
        ? List.of()
        : List.of(new Action.StartTimer(Timer.SEND_HOLD, sendHoldTime()));
  }

  private Duration sendHoldTime() {
    Duration twice = negotiated.orElseThrow().holdTime().multipliedBy(2);
    return twice.compareTo(MIN_SEND_HOLD_TIME) < 0 ? MIN_SEND_HOLD_TIME : twice;
  }

  private Fsm to(State next, History nextHistory) {
    boolean connected = next == State.ESTABLISHED;
    return new Fsm(
        config,
        nodeIdentifier,
        next,
        nextHistory,
        connected ? sentOpen : Optional.empty(),
        connected ? negotiated : Optional.empty());
  }
}
