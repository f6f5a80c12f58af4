// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
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
/// a minute. In Idle no call is taken. A path that BFD has lost is waited for in Idle besides, for
/// half a minute at most (RFC 5882 section 4.1). Left out: DelayOpen.
public final class Fsm {

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
    return idle(config, nodeIdentifier, Forwarding.PRESERVED);
  }

  /// @param forwarding whether the kernel still forwards what an earlier run told
  static Fsm idle(PeerConfig config, Ipv4 nodeIdentifier, Forwarding forwarding) {
    return new Fsm(config, nodeIdentifier, State.IDLE, History.first(forwarding), Talk.NONE);
  }

  /// This one, not started yet, in the place of one with the same router.
  Fsm after(Fsm before) {
    return new Fsm(config, nodeIdentifier, state, history.after(before.history), talk);
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
    Moves moves = new Moves(this, jitter);
    return switch (state) {
      case IDLE -> inIdle(event, moves);
      case CONNECT, ACTIVE -> inConnectOrActive(event, moves);
      case OPEN_SENT -> inOpenSent(event, moves);
      case OPEN_CONFIRM -> inOpenConfirm(event, moves);
      case ESTABLISHED -> inEstablished(event, moves);
    };
  }

  /// RFC 4271 section 8.2.2, Idle state.
  private Step inIdle(Event event, Moves moves) {
    return switch (event) {
      case Event.Start _ -> moves.begin();
      case Event.TimerExpired(Timer timer) when timer == Timer.IDLE_HOLD -> moves.rested();
      case Event.Stop _ -> moves.stoppedInIdle();
      case Event.Connected _, Event.Accepted _ -> moves.stay(new Action.Disconnect());
      case Event.TimerExpired _, Event.ConnectionFailed _, Event.MessageSent _ -> moves.stay();
      case Event.Received _, Event.ReceivedMalformed _ -> moves.stay();
      case Event.PathLost _ -> moves.pathLostMeanwhile();
      case Event.PathBack _ -> moves.pathBack();
    };
  }

  /// RFC 4271 section 8.2.2, Connect state and Active state: they differ in whether an attempt is
  /// under way, and so in nothing that these events do.
  private Step inConnectOrActive(Event event, Moves moves) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.PathBack _ -> moves.stay();
      case Event.PathLost _ -> moves.pathLost();
      case Event.Stop _ -> moves.stopped(List.of());
      case Event.Connected(IpAddress local) -> moves.open(local, Initiator.WE);
      case Event.Accepted(IpAddress local) -> moves.open(local, Initiator.PEER);
      case Event.ConnectionFailed(String cause) -> moves.notConnected(cause);
      case Event.TimerExpired(Timer timer) when timer == Timer.CONNECT_RETRY -> moves.again();
      case Event.TimerExpired(Timer timer) -> moves.broken("timer " + timer + " out of turn");
      case Event.Received(Message m) -> moves.broken(m.type() + " before we sent our OPEN");
      case Event.ReceivedMalformed _ -> moves.broken("octets before we sent our OPEN");
    };
  }

  /// RFC 4271 section 8.2.2, OpenSent state.
  private Step inOpenSent(Event event, Moves moves) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.PathBack _ -> moves.stay();
      case Event.Connected _, Event.Accepted _ -> moves.stay();
      case Event.Stop(StopReason reason) -> moves.stopped(moves.farewell(reason));
      case Event.PathLost _ -> moves.pathLost(Notification.bfdDown());
      case Event.ConnectionFailed(String cause) -> moves.activeAgain(cause);
      case Event.TimerExpired(Timer timer) -> moves.timeOut(timer);
      case Event.ReceivedMalformed(Notification answer) -> moves.refuse(answer);
      case Event.Received(Open theirs) -> moves.judge(theirs);
      case Event.Received(Notification notification) -> moves.refused(notification);
      case Event.Received(Message message) -> moves.unexpected(message.type());
    };
  }

  /// RFC 4271 section 8.2.2, OpenConfirm state.
  private Step inOpenConfirm(Event event, Moves moves) {
    return switch (event) {
      case Event.Start _, Event.MessageSent _, Event.PathBack _ -> moves.stay();
      case Event.Connected _, Event.Accepted _ -> moves.stay();
      case Event.Stop(StopReason reason) -> moves.stopped(moves.farewell(reason));
      case Event.PathLost _ ->
          moves.pathLost(StopReason.lasting(Notification.bfdDown(), negotiated()));
      case Event.ConnectionFailed(String cause) -> moves.broken(cause);
      case Event.TimerExpired(Timer timer) when timer == Timer.KEEPALIVE -> moves.keepalive();
      case Event.TimerExpired(Timer timer) -> moves.timeOut(timer);
      case Event.ReceivedMalformed(Notification answer) -> moves.refuse(answer);
      case Event.Received(Keepalive _) -> moves.establish();
      case Event.Received(Notification notification) -> moves.refused(notification);
      case Event.Received(Message message) -> moves.unexpected(message.type());
    };
  }

  /// RFC 4271 section 8.2.2, Established state.
  private Step inEstablished(Event event, Moves moves) {
    return switch (event) {
      case Event.Start _, Event.Connected _, Event.Accepted _, Event.PathBack _ -> moves.stay();
      case Event.MessageSent _ -> moves.stay(moves.timers().sendHold());
      case Event.Stop(StopReason reason) -> moves.stopped(moves.farewell(reason));
      case Event.PathLost _ ->
          moves.pathLost(StopReason.lasting(Notification.bfdDown(), negotiated()));
      case Event.ConnectionFailed(String cause) -> moves.broken(cause);
      case Event.TimerExpired(Timer timer) when timer == Timer.KEEPALIVE -> moves.keepalive();
      case Event.TimerExpired(Timer timer) when timer == Timer.SEND_HOLD -> moves.sendHoldExpired();
      case Event.TimerExpired(Timer timer) when timer == Timer.STABLE -> moves.stable();
      case Event.TimerExpired(Timer timer) -> moves.timeOut(timer);
      case Event.ReceivedMalformed(Notification answer) -> moves.refuse(answer);
      case Event.Received(Keepalive _) -> moves.stay(moves.timers().hold());
      case Event.Received(Update _) -> moves.stay(moves.timers().hold());
      case Event.Received(RouteRefresh refresh) -> moves.refresh(refresh);
      case Event.Received(Notification notification) -> moves.refused(notification);
      case Event.Received(Message message) -> moves.unexpected(message.type());
    };
  }

  /// The same past in that state with that said on the connection.
  Fsm moved(State next, Talk said) {
    return new Fsm(config, nodeIdentifier, next, history, said);
  }

  /// In a state without a connection, or on with that in Established.
  Fsm to(State next, History nextHistory) {
    boolean connected = next == State.ESTABLISHED;
    return new Fsm(config, nodeIdentifier, next, nextHistory, connected ? talk : Talk.NONE);
  }

  Ipv4 nodeIdentifier() {
    return nodeIdentifier;
  }

  History history() {
    return history;
  }

  Talk talk() {
    return talk;
  }
}
