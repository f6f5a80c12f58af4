// SPDX-License-Identifier: Apache-2.0
/// Who has which address: the records of the ledger branch, their text, the edits that a plan asks
/// for and the words of the commit that carries them. Pure; Git itself is the adapter's business.
@NullMarked
package io.gitlb.reconciler.ledger;

import org.jspecify.annotations.NullMarked;
