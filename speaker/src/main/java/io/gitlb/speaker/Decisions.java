// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.Member;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.announce.Placement;
import io.gitlb.speaker.announce.Placement.Reason;
import io.gitlb.speaker.health.Gate;
import io.gitlb.speaker.l2.OwnNodes;
import io.gitlb.speaker.ownership.Ability;
import io.gitlb.speaker.ownership.Contest;
import io.gitlb.speaker.ownership.Contests;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.Standing;
import io.gitlb.speaker.watch.WatchedPeer;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Translates between the desired state, what ownership decides on, and where addresses are placed.
/// Without state of its own.
final class Decisions {

  private Decisions() {}

  /// Every layer-2 address of the state with its candidates, and every node with a speaker.
  static Contests contests(DesiredState state, Origin origin) {
    SortedMap<IpAddress, Contest> byAddress = new TreeMap<>();
    for (Announcement announcement : state.announcements().values()) {
      announcement
          .layer2()
          .ifPresent(
              layer2 ->
                  byAddress.put(
                      announcement.address(), new Contest(layer2.term(), layer2.candidates())));
    }
    SortedSet<NodeName> members = new TreeSet<>();
    state.members().forEach(member -> members.add(member.node()));
    return new Contests(Optional.of(state.generation()), origin, byAddress, members);
  }

  /// The hardware addresses of the other nodes.
  static OwnNodes nodes(NodeName self, DesiredState state) {
    SortedMap<MacAddress, NodeName> byMac = new TreeMap<>();
    for (Member member : state.members()) {
      if (!member.node().equals(self)) {
        member.links().forEach(link -> byMac.put(link.macAddress(), member.node()));
      }
    }
    return new OwnNodes(byMac);
  }

  /// Where the claims of these peers are asked for.
  static SortedSet<WatchedPeer> apis(DesiredState state, SortedSet<NodeName> peers) {
    SortedSet<WatchedPeer> apis = new TreeSet<>();
    for (Member member : state.members()) {
      if (peers.contains(member.node())) {
        member
            .api()
            .ifPresent(api -> apis.add(new WatchedPeer(member.node(), api.host(), api.port())));
      }
    }
    return apis;
  }

  /// What this node could answer for, given where it would.
  ///
  /// @param gates address → whether there is an endpoint here (N:1); those that are not there need
  ///   none
  /// @param standings as they are: an address that is held is not let go of before somebody has
  ///   said that there is no endpoint here
  static SortedMap<IpAddress, Ability> abilities(
      SortedMap<IpAddress, Placement> reach,
      SortedMap<IpAddress, Gate> gates,
      Map<IpAddress, Standing> standings) {
    SortedMap<IpAddress, Ability> abilities = new TreeMap<>();
    reach.forEach(
        (address, placement) -> {
          Gate gate = gates.getOrDefault(address, Gate.OPEN);
          boolean held = isHeld(standings.get(address));
          abilities.put(
              address, ability(placement, gate == Gate.UNKNOWN && held ? Gate.OPEN : gate));
        });
    return abilities;
  }

  private static boolean isHeld(@Nullable Standing standing) {
    return switch (standing) {
      case Standing.Holding _, Standing.Yielding _, Standing.Rechecking _ -> true;
      case Standing.Probing _,
          Standing.Standby _,
          Standing.Unable _,
          Standing.GivenAway _,
          Standing.Waiting _ ->
          false;
      case null -> false;
    };
  }

  /// Whether an address is answered for on links, here or elsewhere.
  static boolean isHeldBySomebody(@Nullable Standing standing) {
    return standing instanceof Standing.Standby(Optional<NodeName> owner)
        ? owner.isPresent()
        : isHeld(standing);
  }

  /// The gates of the addresses that have a health port.
  ///
  /// @param byPort port → its gate (1:1)
  static SortedMap<IpAddress, Gate> gates(DesiredState state, SortedMap<Integer, Gate> byPort) {
    SortedMap<IpAddress, Gate> gates = new TreeMap<>();
    for (Announcement announcement : state.announcements().values()) {
      if (announcement.healthCheckNodePort().isPresent()) {
        int port = announcement.healthCheckNodePort().getAsInt();
        gates.put(announcement.address(), byPort.getOrDefault(port, Gate.UNKNOWN));
      }
    }
    return gates;
  }

  private static Ability ability(Placement placement, Gate gate) {
    return switch (placement) {
      case Placement.Answered(SortedSet<String> interfaces) ->
          switch (gate) {
            case OPEN -> new Ability.Able(interfaces);
            case SILENT -> new Ability.Doubtful(interfaces, Reason.NO_HEALTH_ANSWER.label());
            case SHUT -> new Ability.Unable(Reason.NO_LOCAL_ENDPOINT.label());
            case UNKNOWN -> new Ability.Unable(Reason.NO_HEALTH_ANSWER.label());
          };
      case Placement.Impossible(Reason reason) -> new Ability.Unable(reason.label());
      case Placement.Standby(Optional<NodeName> other) ->
          throw new IllegalArgumentException("left to " + other + " before anybody decided");
    };
  }

  /// What is done with an address by what was decided.
  ///
  /// @param standing empty while nobody has decided
  /// @param possible where this node would answer
  /// @param gate open when it has none
  static Placement placed(Optional<Standing> standing, Placement possible, Gate gate) {
    return standing.isEmpty()
        ? new Placement.Impossible(Reason.WAITING)
        : placement(standing.get(), possible, gate);
  }

  private static Placement placement(Standing standing, Placement possible, Gate gate) {
    return switch (standing) {
      case Standing.Holding holding -> answered(holding.interfaces(), possible);
      case Standing.Yielding yielding -> answered(yielding.interfaces(), possible);
      case Standing.Standby(Optional<NodeName> owner) -> new Placement.Standby(owner);
      case Standing.Unable _ ->
          possible instanceof Placement.Impossible
              ? possible
              : new Placement.Impossible(behind(gate));
      case Standing.GivenAway _ -> new Placement.Impossible(Reason.GIVEN_AWAY);
      case Standing.Waiting(Standing.Hindrance hindrance, String _) ->
          new Placement.Impossible(waitingFor(hindrance));
      case Standing.Probing _, Standing.Rechecking _ -> new Placement.Impossible(Reason.WAITING);
    };
  }

  /// Why nothing is announced yet after a start.
  static Reason waitingFor(Standing.Hindrance hindrance) {
    return switch (hindrance) {
      case UNHEARD -> Reason.WAITING_FOR_SPEAKERS;
      case UNCONFIRMED -> Reason.WAITING_FOR_RECONCILER;
      case TOO_OLD -> Reason.STATE_TOO_OLD;
      case GIVEN_AWAY -> Reason.GIVEN_AWAY;
    };
  }

  /// Why nothing is announced behind a gate.
  static Reason behind(Gate gate) {
    return switch (gate) {
      case SHUT -> Reason.NO_LOCAL_ENDPOINT;
      case SILENT, UNKNOWN -> Reason.NO_HEALTH_ANSWER;
      case OPEN -> Reason.WAITING;
    };
  }

  private static Placement answered(SortedSet<String> interfaces, Placement possible) {
    return switch (possible) {
      case Placement.Answered(SortedSet<String> now) -> {
        SortedSet<String> both = new TreeSet<>(interfaces);
        both.retainAll(now);
        // The same object where nothing is taken away: there are 10,000 of these.
        yield both.isEmpty() || both.equals(now) ? possible : new Placement.Answered(both);
      }
      case Placement.Impossible _, Placement.Standby _ -> possible;
    };
  }
}
