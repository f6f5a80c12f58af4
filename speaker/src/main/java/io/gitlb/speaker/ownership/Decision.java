// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.Optional;

/// What becomes of one address now.
final class Decision {

  private final StartGate gate;
  private final Outdated outdated;
  private final Agenda agenda;
  private final Tenure tenure;
  private final Succession succession;
  private final Inquest inquest;

  Decision(
      NodeName self,
      OwnershipSettings settings,
      Roster roster,
      StartGate gate,
      Outdated outdated,
      Agenda agenda) {
    this.gate = gate;
    this.outdated = outdated;
    this.agenda = agenda;
    Verdict verdict = new Verdict(self, settings, roster);
    tenure = new Tenure(self, settings, roster, verdict, agenda);
    succession = new Succession(self, settings, roster, verdict, gate, agenda);
    inquest = new Inquest(self, settings, roster, verdict, agenda);
  }

  Standing decide(Seat seat, Moment moment) {
    seat.probeWanted = false;
    Standing standing = standing(seat, moment);
    if (seat.probing && !seat.probeWanted) {
      seat.probing = false;
      agenda.endProbe(seat.address);
    } else if (seat.probeWanted && !seat.probing) {
      seat.probing = true;
      seat.probedAt = moment.now();
      agenda.probe(seat.address);
    }
    return standing;
  }

  private Standing standing(Seat seat, Moment moment) {
    if (seat.hold.isPresent()) {
      Optional<NodeName> winner = tenure.winner(seat, moment);
      if (winner.isPresent()) {
        seat.drop();
        return new Standing.Standby(winner);
      }
    }
    Optional<NodeName> without = outdated.givenAway(seat, moment);
    if (without.isPresent()) {
      seat.drop();
      return new Standing.GivenAway(without.get());
    }
    if (seat.hold.isPresent()) {
      Optional<Standing.Waiting> givenAway = gate.givenAway(seat, moment.state());
      if (givenAway.isPresent()) {
        seat.drop();
        return givenAway.get();
      }
      Optional<Standing> held = tenure.held(seat, moment);
      if (held.isPresent()) {
        return held.get();
      }
    }
    return succession.free(seat, moment);
  }

  void probed(Seat seat, ProbeOutcome outcome, Instant now) {
    inquest.probed(seat, outcome, now);
  }
}
