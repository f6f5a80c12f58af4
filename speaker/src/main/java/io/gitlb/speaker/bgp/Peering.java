// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.PeeringStep.OnLine;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A peer with one connection, or for a moment two, as both sides may dial (RFC 4271 section 6.8).
/// A value: an event on one of the lines gives a new one.
///
/// Of two connections that come up together the identifiers favour one: that made by the side with
/// the higher one (RFC 6286: with the higher AS when they are equal). We never end the favoured
/// one. The other ends when the favoured one is sure to stay: when its own OPEN comes in while the
/// favoured one is in OpenConfirm or Established, or when the favoured one gets its KEEPALIVE. The
/// letter of the RFC, to end it as soon as the favoured one reaches OpenConfirm and to keep
/// whatever is Established, lets both sides end a different one when messages of the two
/// connections cross.
///
/// A call that comes when a session has been up is another matter: the session stays, unless the
/// peer restarts gracefully and so does not know it any more (RFC 4724 section 5).
public final class Peering {

  private final Fsm main;
  private final Line mainLine;
  private final Optional<Rival> rival;
  private final Evidence evidence;

  /// The younger connection, from OpenSent on.
  private record Rival(Fsm fsm, Arrival arrival) {}

  private enum Arrival {
    /// When the main connection was not known to be up at both ends.
    IN_THE_RACE,
    /// When it was.
    LATE
  }

  /// Whether the main connection is known to be up at the peer's end too.
  private enum Evidence {
    NONE,
    HEARD
  }

  private Peering(Fsm main, Line mainLine, Optional<Rival> rival, Evidence evidence) {
    this.main = main;
    this.mainLine = mainLine;
    this.rival = rival;
    this.evidence = evidence;
  }

  /// One that has not been started.
  ///
  /// @param nodeIdentifier our BGP identifier on connections without an IPv4 address of ours
  public static Peering idle(PeerConfig config, Ipv4 nodeIdentifier) {
    return idle(config, nodeIdentifier, Forwarding.PRESERVED);
  }

  /// @param forwarding whether the kernel still forwards what an earlier run told
  public static Peering idle(PeerConfig config, Ipv4 nodeIdentifier, Forwarding forwarding) {
    Fsm main = Fsm.idle(config, nodeIdentifier, forwarding);
    return new Peering(main, Line.ONE, Optional.empty(), Evidence.NONE);
  }

  /// This one, not started yet, in the place of one with the same router.
  public Peering after(Peering before) {
    return new Peering(main.after(before.main), mainLine, rival, evidence);
  }

  /// The machine that speaks for the peer as a whole.
  public Fsm main() {
    return main;
  }

  /// The line of [#main], which timers without a connection and dialling belong to.
  public Line mainLine() {
    return mainLine;
  }

  /// Whether the next attempt waits for a path that BFD has lost.
  public boolean lacksPath() {
    return main.history().path() != History.Path.USABLE;
  }

  /// The same under a configuration that keeps the session.
  ///
  /// @throws IllegalArgumentException when it does not
  public Peering reconfigured(PeerConfig config) {
    return new Peering(
        main.reconfigured(config),
        mainLine,
        rival.map(r -> new Rival(r.fsm().reconfigured(config), r.arrival())),
        evidence);
  }

  /// The line for a connection that the peer has made, or empty when it is not wanted now: while we
  /// pause after a failure, and beside another call that has not come far yet.
  public Optional<Line> lineForCall() {
    if (rival.isPresent()) {
      return Optional.empty();
    }
    return switch (main.state()) {
      case IDLE -> Optional.empty();
      case ACTIVE -> Optional.of(mainLine);
      case CONNECT, ESTABLISHED -> Optional.of(mainLine.other());
      case OPEN_SENT, OPEN_CONFIRM ->
          main.initiator() == Initiator.WE ? Optional.of(mainLine.other()) : Optional.empty();
    };
  }

  /// @param jitter for the timers that this step starts
  public PeeringStep on(Line line, Event event, Jitter jitter) {
    if (line == mainLine) {
      return onMain(event, jitter);
    }
    if (rival.isPresent()) {
      return onRival(rival.get(), event, jitter);
    }
    return event instanceof Event.Accepted ? call(event, jitter) : stay();
  }

  private PeeringStep stay() {
    return new PeeringStep(this, List.of());
  }

  private PeeringStep call(Event event, Jitter jitter) {
    Step step = main.expecting().on(event, jitter);
    Arrival arrival =
        main.state() == State.ESTABLISHED && evidence == Evidence.HEARD
            ? Arrival.LATE
            : Arrival.IN_THE_RACE;
    return new PeeringStep(
        with(Optional.of(new Rival(step.next(), arrival))), on(mainLine.other(), step.actions()));
  }

  private PeeringStep onMain(Event event, Jitter jitter) {
    Step step = main.on(event, jitter);
    boolean up = step.next().state() == State.ESTABLISHED;
    boolean heard = main.state() == State.ESTABLISHED && event instanceof Event.Received;
    Evidence known = up && (heard || evidence == Evidence.HEARD) ? Evidence.HEARD : Evidence.NONE;
    Peering next = new Peering(step.next(), mainLine, rival, known);
    List<OnLine> actions = on(mainLine, step.actions());
    return rival.isEmpty()
        ? new PeeringStep(next, actions)
        : next.besideRival(rival.get(), main, event, actions, jitter);
  }

  /// What the step of the main machine means for the rival.
  private PeeringStep besideRival(
      Rival other, Fsm before, Event event, List<OnLine> actions, Jitter jitter) {
    if (event instanceof Event.Stop || event instanceof Event.PathLost) {
      List<OnLine> others = on(mainLine.other(), other.fsm().on(event, jitter).actions());
      others.removeIf(Peering::leadsToAnotherAttempt);
      actions.addAll(others);
      return new PeeringStep(with(Optional.empty()), actions);
    }
    if (main.state() == State.IDLE || main.state() == State.ACTIVE) {
      actions.removeIf(Peering::leadsToAnotherAttempt);
      return new PeeringStep(ledBy(other), actions);
    }
    boolean stands = other.fsm().state() == State.OPEN_CONFIRM;
    if (!stands || main.state() == before.state()) {
      return new PeeringStep(this, actions);
    }
    boolean rivalFavoured = favoursRival(other.fsm(), main);
    return switch (main.state()) {
      case OPEN_CONFIRM ->
          rivalFavoured ? giveUpMain(before, other, jitter) : new PeeringStep(this, actions);
      case ESTABLISHED ->
          rivalFavoured
              ? new PeeringStep(this, actions)
              : giveUpRival(other.fsm(), actions, jitter);
      case IDLE, CONNECT, ACTIVE, OPEN_SENT -> new PeeringStep(this, actions);
    };
  }

  private PeeringStep onRival(Rival other, Event event, Jitter jitter) {
    Step step = other.fsm().on(event, jitter);
    Line line = mainLine.other();
    Rival next = new Rival(step.next(), other.arrival());
    List<OnLine> actions = on(line, step.actions());
    return switch (step.next().state()) {
      case IDLE, CONNECT, ACTIVE -> {
        actions.removeIf(Peering::leadsToAnotherAttempt);
        yield new PeeringStep(with(Optional.empty()), actions);
      }
      case OPEN_SENT -> new PeeringStep(with(Optional.of(next)), actions);
      case OPEN_CONFIRM ->
          other.fsm().state() == State.OPEN_CONFIRM
              ? new PeeringStep(with(Optional.of(next)), actions)
              : judge(other, next, actions, jitter);
      case ESTABLISHED -> takeOver(next, actions, new StopReason.Collision(), jitter);
    };
  }

  /// The rival's OPEN is in.
  private PeeringStep judge(Rival before, Rival after, List<OnLine> actions, Jitter jitter) {
    PeeringStep stays = new PeeringStep(with(Optional.of(after)), actions);
    boolean mainStands = main.state() == State.OPEN_CONFIRM || main.state() == State.ESTABLISHED;
    if (!mainStands) {
      return stays;
    }
    return switch (before.arrival()) {
      case IN_THE_RACE ->
          favoursRival(after.fsm(), main) ? stays : giveUpRival(before.fsm(), List.of(), jitter);
      case LATE ->
          main.negotiated().orElseThrow().has(Extra.PEER_RESTARTS)
              ? takeOver(after, actions, new StopReason.Replaced(), jitter)
              : giveUpRival(before.fsm(), List.of(), jitter);
    };
  }

  /// Whether the identifiers favour the rival; of two connections that the peer made they cannot
  /// tell, and it has given up the older one.
  ///
  /// @param candidate the rival, in OpenConfirm at least
  private static boolean favoursRival(Fsm candidate, Fsm other) {
    if (candidate.initiator() == other.initiator()) {
      return true;
    }
    Negotiated session = candidate.negotiated().orElseThrow();
    int byIdentifier =
        Integer.compareUnsigned(
            session.localIdentifier().bits(), session.remoteIdentifier().bits());
    int order =
        byIdentifier != 0
            ? byIdentifier
            : Long.compare(session.localAsn().number(), session.remoteAsn().number());
    return (order > 0) == (candidate.initiator() == Initiator.WE);
  }

  private PeeringStep giveUpMain(Fsm before, Rival other, Jitter jitter) {
    List<OnLine> actions =
        on(mainLine, before.on(new Event.Stop(new StopReason.Collision()), jitter).actions());
    return new PeeringStep(ledBy(other), actions);
  }

  private PeeringStep giveUpRival(Fsm fsm, List<OnLine> before, Jitter jitter) {
    List<OnLine> actions = new ArrayList<>(before);
    Step step = fsm.on(new Event.Stop(new StopReason.Collision()), jitter);
    actions.addAll(on(mainLine.other(), step.actions()));
    return new PeeringStep(with(Optional.empty()), actions);
  }

  /// The rival leads from here on. An attempt to dial is dropped; a connection that may still turn
  /// out to stay, as the peer's OPEN is not in or it is the favoured one, becomes the rival.
  private PeeringStep takeOver(
      Rival next, List<OnLine> rivalActions, StopReason reason, Jitter jitter) {
    boolean open =
        main.state() == State.OPEN_SENT
            || (main.state() == State.OPEN_CONFIRM && !favoursRival(next.fsm(), main));
    if (open) {
      Rival waiting = new Rival(main, Arrival.IN_THE_RACE);
      Peering swapped =
          new Peering(next.fsm(), mainLine.other(), Optional.of(waiting), Evidence.NONE);
      return new PeeringStep(swapped, rivalActions);
    }
    List<OnLine> actions = on(mainLine, main.on(new Event.Stop(reason), jitter).actions());
    actions.addAll(rivalActions);
    return new PeeringStep(ledBy(next), actions);
  }

  private Peering with(Optional<Rival> other) {
    return new Peering(main, mainLine, other, evidence);
  }

  private Peering ledBy(Rival leader) {
    return new Peering(leader.fsm(), mainLine.other(), Optional.empty(), Evidence.NONE);
  }

  private static List<OnLine> on(Line line, List<Action> actions) {
    List<OnLine> directed = new ArrayList<>();
    actions.forEach(action -> directed.add(new OnLine(line, action)));
    return directed;
  }

  private static boolean leadsToAnotherAttempt(OnLine directed) {
    return directed.action() instanceof Action.StartTimer(Timer timer, var _)
        && (timer == Timer.IDLE_HOLD || timer == Timer.CONNECT_RETRY);
  }
}
