// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.ledger;

import io.gitlb.schema.value.IpAddress;

/// One change that a plan asks of the ledger.
public sealed interface LedgerEdit {

  /// The address whose file changes.
  IpAddress address();

  /// The record as written, or as it was before it was removed.
  AllocationRecord record();

  /// What the commit says was done.
  Action action();

  /// Write the record, whether or not the address has one.
  record Put(AllocationRecord record, Action action) implements LedgerEdit {

    @Override
    public IpAddress address() {
      return record.address();
    }
  }

  /// Remove the record; the address is free.
  ///
  /// @param last the record as it was
  record Delete(AllocationRecord last, Action action) implements LedgerEdit {

    @Override
    public AllocationRecord record() {
      return last;
    }

    @Override
    public IpAddress address() {
      return last.address();
    }
  }

  /// The trailer `Action`.
  enum Action {
    /// Meant for a Service; the link is asked first.
    PROBE("probe"),
    /// Somebody else answers for it on the link.
    CONFLICT("conflict"),
    ALLOCATE("allocate"),
    ADOPT("adopt"),
    HOLD("hold"),
    UPDATE("update"),
    RELEASE("release"),
    RETAIN("retain"),
    REST("rest"),
    FREE("free"),
    /// As it was before somebody else's push, or the loss of the local copy, took it away.
    RESTORE("restore");

    private final String text;

    Action(String text) {
      this.text = text;
    }

    /// As the trailer writes it.
    public String text() {
      return text;
    }
  }
}
