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

/// The session state machine of RFC 4271 section 8.2.2 for one connection with a peer, dialled or
/// taken; [Peering] joins two of them. A value: an event gives a new one.
///
///     Idle ──Start, IdleHold──► Connect ──TCP up──► OpenSent ──OPEN──► OpenConfirm ──KEEPALIVE──► Established
///          └─(passive)─┐           ▲ ConnectRetry       │ TCP fails
///                      └───────► Active ◄───────────────┘
///     every fault ──► Idle, and again after a pause
///
/// The pause after a connection that did not come up is the connect time; after a session that
/// failed it is 1 s, doubled with each failure up to 120 s, and forgotten once a session has lasted
/// a minute. In Idle no call is taken. Left out: DelayOpen.
public final class Fsm {

  private static final Duration STABLE_TIME = Duration.ofMinutes(1);

  /// In connect times: how long a passive peer may not call before that is told.
  private static final int PATIENCE = 2;

  private final PeerConfig config;
  private final Ipv4 nodeIdentifier;
  private final State state;
  private final History history;
  private final Talk talk;

  private Fsm(PeerConfig config, Ipv4 nodeIdentifier, State state, History history, Talk talk) {
    this.config = config;
    this.nodeIdentifier = nodeIdentifier;
    this.state = state;
    this.history = history;
    this.talk = talk;
  }

  /// A machine in Idle that has not been started.
  ///
  /// @param nodeIdentifier our BGP identifier on connections without an IPv4 address of ours
  public static Fsm idle(PeerConfig config, Ipv4 nodeIdentifier) {
    return new Fsm(config, nodeIdentifier, State.IDLE, History.NONE, Talk.NONE);
  }

  /// A machine with the same past that waits for a call.
  Fsm expecting() {
    return new Fsm(config, nodeIdentifier, State.ACTIVE, history, Talk.NONE);
  }

  public State state() {
    return state;
  }

  public PeerConfig config() {
    return config;
  }

  /// Who made the connection; says nothing before OpenSent.
  Initiator initiator() {
    return talk.initiator();
  }

  /// Present in OpenConfirm and Established.
  public Optional<Negotiated> negotiated() {
    return talk.agreed();
  }

  /// The same session under a configuration that keeps it.
  ///
  /// @throws IllegalArgumentException when it does not
  public Fsm reconfigured(PeerConfig newConfig) {
    if (!newConfig.keepsSessionOf(config)) {
      throw new IllegalArgumentException("peer " + config.name() + " needs a new session");
    }
    Optional<Negotiated> agreed =
        negotiated()
            .map(old -> old.withKeepaliveTime(newConfig.times().keepaliveUnder(old.holdTime())));
    Talk goingOn = new Talk(talk.initiator(), talk.ours(), agreed);
    return new Fsm(newConfig, nodeIdentifier, state, history, goingOn);
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
      case Event.Connected _, Event.Accepted _ -> stay(new Action.Disconnect());
      case Event.TimerExpired _, Event.ConnectionFailed _, Event.MessageSent _ -> stay();
      case Event.Received _, Event.ReceivedMalformed _, Event.PathLost _ -> stay();
    };
  }

  /// RFC 4271 section 8.2.2, Connect state and Active state: they differ in whether an attempt is
  /// under way, and so in nothing that these events do.
  private Step inConnectOrActive(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.PathLost _ -> stay();
      case Event.Stop _ -> stopped(List.of());
      case Event.Connected(IpAddress local) -> open(local, Initiator.WE);
      case Event.Accepted(IpAddress local) -> open(local, Initiator.PEER);
      case Event.ConnectionFailed(String cause) -> notConnected(cause, jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.CONNECT_RETRY -> again(jitter);
      case Event.TimerExpired(Timer timer) -> broken("timer " + timer + " out of turn", jitter);
      case Event.Received(Message m) -> broken(m.type() + " before we sent our OPEN", jitter);
      case Event.ReceivedMalformed _ -> broken("octets before we sent our OPEN", jitter);
    };
  }

  /// RFC 4271 section 8.2.2, OpenSent state.
  private Step inOpenSent(Event event, Jitter jitter) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.Connected _, Event.Accepted _ -> stay();
      case Event.Stop(StopReason reason) -> stopped(farewell(reason));
      case Event.PathLost _ -> refuse(Notification.bfdDown(), jitter);
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
      case Event.Start _, Event.MessageSent _, Event.Connected _, Event.Accepted _ -> stay();
      case Event.Stop(StopReason reason) -> stopped(farewell(reason));
      case Event.PathLost _ -> refuse(Notification.bfdDown(), jitter);
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
      case Event.Start _, Event.Connected _, Event.Accepted _ -> stay();
      case Event.MessageSent _ -> stay(timers().sendHold());
      case Event.Stop(StopReason reason) -> stopped(farewell(reason));
      case Event.PathLost _ ->
          refuse(StopReason.lasting(Notification.bfdDown(), negotiated()), jitter);
      case Event.ConnectionFailed(String cause) -> broken(cause, jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.KEEPALIVE -> keepalive(jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.SEND_HOLD -> sendHoldExpired(jitter);
      case Event.TimerExpired(Timer timer) when timer == Timer.STABLE -> stable();
      case Event.TimerExpired(Timer timer) -> timeOut(timer, jitter);
      case Event.ReceivedMalformed(Notification answer) -> refuse(answer, jitter);
      case Event.Received(Keepalive _) -> stay(timers().hold());
      case Event.Received(Update _) -> stay(timers().hold());
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

  private SessionTimers timers() {
    return new SessionTimers(negotiated().orElseThrow(), config.times());
  }

  private List<Action> farewell(StopReason reason) {
    return reason.farewell(negotiated()).<Action>map(Action.Send::new).stream().toList();
  }

  private boolean passive() {
    return config.transport().initiative() == Transport.Initiative.PASSIVE;
  }

  private Step dial(Jitter jitter, Action... before) {
    List<Action> actions = new ArrayList<>(List.of(before));
    actions.add(connectRetry(jitter));
    if (passive()) {
      return new Step(to(State.ACTIVE, history), actions);
    }
    actions.add(new Action.Connect());
    return new Step(to(State.CONNECT, history), actions);
  }

  private Step again(Jitter jitter) {
    if (passive()) {
      String cause = "the peer has not called; passive at both ends?";
      return stay(new Action.Report(new Failure.Transport(state, cause)));
    }
    List<Action> actions = new ArrayList<>(List.of(new Action.Disconnect()));
    if (state == State.CONNECT) {
      actions.add(new Action.Report(new Failure.Transport(state, "no answer to the connection")));
    }
    actions.add(connectRetry(jitter));
    actions.add(new Action.Connect());
    return new Step(to(State.CONNECT, history), actions);
  }

  private Step open(IpAddress local, Initiator initiator) {
    Ipv4 identifier =
        config.routerId().orElseGet(() -> local instanceof Ipv4 own ? own : nodeIdentifier);
    Open ours = OpenNegotiation.ours(config, identifier, history);
    Talk opened = Talk.opened(initiator, ours);
    return new Step(
        new Fsm(config, nodeIdentifier, State.OPEN_SENT, history, opened),
        List.of(
            new Action.StopTimer(Timer.CONNECT_RETRY),
            new Action.Send(ours),
            new Action.StartTimer(Timer.HOLD, config.times().openTime())));
  }

  private Step judge(Open theirs, Jitter jitter) {
    return switch (OpenNegotiation.judge(config, talk.ours().orElseThrow(), theirs)) {
      case Verdict.Refused(Notification answer, String why) -> refuse(answer, why, jitter);
      case Verdict.Agreed(Negotiated agreed) -> confirm(agreed, jitter);
    };
  }

  private Step confirm(Negotiated agreed, Jitter jitter) {
    Fsm next = new Fsm(config, nodeIdentifier, State.OPEN_CONFIRM, history, talk.agreeing(agreed));
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Agree(agreed));
    actions.add(new Action.Send(new Keepalive()));
    if (agreed.holdTime().isZero()) {
      actions.add(new Action.StopTimer(Timer.HOLD));
    }
    actions.addAll(next.timers().hold());
    actions.addAll(next.timers().keepalive(jitter));
    return new Step(next, actions);
  }

  private Step establish() {
    List<Action> actions = new ArrayList<>(timers().hold());
    actions.addAll(timers().sendHold());
    actions.add(new Action.StartTimer(Timer.STABLE, STABLE_TIME));
    actions.add(new Action.Advertise(negotiated().orElseThrow()));
    return new Step(to(State.ESTABLISHED, history.established()), actions);
  }

  private Step keepalive(Jitter jitter) {
    List<Action> actions = new ArrayList<>(List.of(new Action.Send(new Keepalive())));
    actions.addAll(timers().keepalive(jitter));
    return stay(actions);
  }

  private Step stable() {
    return new Step(to(State.ESTABLISHED, history.afterStableTime()), List.of());
  }

  /// A request for a family that was not agreed on is passed over (RFC 2918 section 4).
  private Step refresh(RouteRefresh refresh) {
    List<Action> actions = new ArrayList<>(timers().hold());
    boolean agreed = negotiated().orElseThrow().families().contains(refresh.family());
    if (agreed && refresh.subtype() == RouteRefresh.REQUEST) {
      actions.add(new Action.Readvertise(refresh.family()));
    }
    return stay(actions);
  }

  /// TCP is gone before the peer said a word: listen for it, and dial again unless passive.
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
        new Failure.SendHoldExpired(timers().sendHoldTime()),
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
    Duration time = config.times().connectTime().multipliedBy(passive() ? PATIENCE : 1);
    return new Action.StartTimer(Timer.CONNECT_RETRY, jitter.of(time));
  }

  private Fsm to(State next, History nextHistory) {
    boolean connected = next == State.ESTABLISHED;
    return new Fsm(config, nodeIdentifier, next, nextHistory, connected ? talk : Talk.NONE);
  }
}
