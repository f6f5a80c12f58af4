// SPDX-License-Identifier: Apache-2.0
/// The columns that `kubectl get` prints, which a real server computes too: one
/// [io.gitlb.apiserver.table.Columns] entry per kind. Pure: the time comes in as an argument.
@NullMarked
package io.gitlb.apiserver.table;

import org.jspecify.annotations.NullMarked;
