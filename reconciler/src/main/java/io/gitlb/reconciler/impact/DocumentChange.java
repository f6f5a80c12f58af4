// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.impact;

import java.util.Comparator;

/// A document that differs between two configurations.
///
/// @param kind as the document says it: `IPAddressPool`
public record DocumentChange(Kind action, String kind, String name)
    implements Comparable<DocumentChange> {

  private static final Comparator<DocumentChange> ORDER =
      Comparator.comparing(DocumentChange::kind)
          .thenComparing(DocumentChange::name)
          .thenComparing(DocumentChange::action);

  /// What was done.
  public enum Kind {
    ADDED("added"),
    CHANGED("changed"),
    REMOVED("removed");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /// For people and machines.
    public String text() {
      return text;
    }
  }

  /// `IPAddressPool/lan`.
  public String id() {
    return kind + "/" + name;
  }

  @Override
  public int compareTo(DocumentChange other) {
    return ORDER.compare(this, other);
  }
}
