// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.schema.value.Ipv4;
import java.util.Locale;
import java.util.OptionalDouble;

/// One failure of the owner of an address, and what the judges saw of it. Times are in milliseconds
/// since the failure.
///
/// @param failure what happened
/// @param detected until the new owner knew that it had lost the old one, as it says itself
/// @param decided until the new owner had taken the address over, as it says itself
/// @param firstFrame until the observer saw the new owner's first frame for it
/// @param firstAnswer until the observer had an answer of the new owner
/// @param clientGap the longest time without a good connection
/// @param connections that were begun
/// @param failedConnections of those that never got their octet, without those cut
/// @param underWay of those whose packets went to the old owner first and to another node then
/// @param cut of those under way that never got their octet
/// @param doubled the longest time in which two nodes answered
/// @param stall the longest stall of the machine meanwhile, 0 below 30 ms
public record Round(
    Failure failure,
    OptionalDouble detected,
    OptionalDouble decided,
    OptionalDouble firstFrame,
    OptionalDouble firstAnswer,
    double clientGap,
    long connections,
    long failedConnections,
    long underWay,
    long cut,
    double doubled,
    double stall) {

  private static final int FIELDS = 12;

  /// Lets the owner of the first address fail, watches, heals, and waits until all is whole and
  /// quiet.
  public static Round run(Field field, Failure failure) throws InterruptedException {
    Ipv4 address = field.addresses().getFirst();
    LabNode owner = field.awaitOwner(address);
    BegunRound begun = BegunRound.begin(field, address, owner, failure);
    begun.heal();
    field.settle();
    field.awaitWhole();
    Round round = begun.end();
    field.observer().forgetBefore(begun.start());
    field.traffic().forgetBefore(begun.start());
    field.paths().forgetBefore(begun.start());
    return round;
  }

  /// The first line of a file of rounds.
  public static String header() {
    return "failure,detected_ms,decided_ms,first_frame_ms,first_answer_ms,client_gap_ms,"
        + "connections,failed_connections,under_way,cut,doubled_ms,stall_ms";
  }

  /// One line of that file.
  public String line() {
    return String.join(
        ",",
        failure.name(),
        text(detected),
        text(decided),
        text(firstFrame),
        text(firstAnswer),
        text(OptionalDouble.of(clientGap)),
        Long.toString(connections),
        Long.toString(failedConnections),
        Long.toString(underWay),
        Long.toString(cut),
        text(OptionalDouble.of(doubled)),
        text(OptionalDouble.of(stall)));
  }

  /// Reads such a line.
  ///
  /// @throws IllegalArgumentException when it is none
  public static Round of(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException("not a round: " + line);
    }
    return new Round(
        Failure.valueOf(fields[0]),
        millis(fields[1]),
        millis(fields[2]),
        millis(fields[3]),
        millis(fields[4]),
        Double.parseDouble(fields[5]),
        Long.parseLong(fields[6]),
        Long.parseLong(fields[7]),
        Long.parseLong(fields[8]),
        Long.parseLong(fields[9]),
        Double.parseDouble(fields[10]),
        Double.parseDouble(fields[11]));
  }

  private static OptionalDouble millis(String text) {
    return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text));
  }

  private static String text(OptionalDouble millis) {
    return millis.isPresent() ? String.format(Locale.ROOT, "%.1f", millis.getAsDouble()) : "";
  }
}
