// SPDX-License-Identifier: Apache-2.0
/// The decision what every Service gets: a pure function of definitions, ledger, cluster view and
/// now.
@NullMarked
package io.gitlb.reconciler.plan;

import org.jspecify.annotations.NullMarked;
