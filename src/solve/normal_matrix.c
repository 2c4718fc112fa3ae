/*
 * Symbols: A normal matrix (values), B block of the Jacobian that belongs to one group, W = B'B (product).
 * The setup is in three steps: groups of rows, pattern of A, slots of each group.
 */
#include "solve/normal_matrix.h"

#include <cblas.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

static size_t n_pairs(int n_cols) {
    return (size_t)n_cols * ((size_t)n_cols + 1) / 2;
}

/* Blocks of at least this size go through BLAS: wider than the columns of a few rigid bodies, taller than one frame of motion. */
enum { LARGE_ROWS = 96, LARGE_COLS = 24 };

static bool is_large(const oik_normal_group *group) {
    return group->n_rows >= LARGE_ROWS && group->n_cols >= LARGE_COLS;
}

/* ---- groups -------------------------------------------------------------------------------------------------------- */

static int row_length(const oik_lsq_pattern *pattern, int i) {
    return pattern->row_start[i + 1] - pattern->row_start[i];
}

static oik_status check_row(const oik_lsq_pattern *pattern, int i, int *last_row_with, oik_error *err) {
    int length = row_length(pattern, i);
    if (length < 0)
        return oik_fail(err, OIK_E_ARGUMENT, "Jacobian row %d ends before it starts", i);
    if (n_pairs(length) > INT_MAX)
        return oik_fail(err, OIK_E_ARGUMENT, "Jacobian row %d: %d columns make a normal matrix of more than %d entries", i,
                        length, INT_MAX);
    for (int p = pattern->row_start[i]; p < pattern->row_start[i + 1]; p++) {
        int j = pattern->col[p];
        if (j < 0 || j >= pattern->n_unknowns)
            return oik_fail(err, OIK_E_ARGUMENT, "Jacobian row %d: column %d is not in [0, %d)", i, j, pattern->n_unknowns);
        if (last_row_with[j] == i)
            return oik_fail(err, OIK_E_ARGUMENT, "Jacobian row %d: column %d occurs twice", i, j);
        last_row_with[j] = i;
    }
    return OIK_OK;
}

/* mark: n scratch */
static oik_status check_pattern(const oik_lsq_pattern *pattern, int *mark, oik_error *err) {
    if (pattern->row_start[0] != 0)
        return oik_fail(err, OIK_E_ARGUMENT, "Jacobian pattern: row 0 starts at %d, not 0", pattern->row_start[0]);
    for (int j = 0; j < pattern->n_unknowns; j++)
        mark[j] = -1;
    for (int i = 0; i < pattern->n_rows; i++) {
        oik_status status = check_row(pattern, i, mark, err);
        if (status != OIK_OK)
            return status;
    }
    return OIK_OK;
}

static bool same_columns(const oik_lsq_pattern *pattern, int i, int k) {
    int length = row_length(pattern, i);
    return length == row_length(pattern, k) && memcmp(pattern->col + pattern->row_start[i], pattern->col + pattern->row_start[k],
                                                      (size_t)length * sizeof(int)) == 0;
}

static bool starts_group(const oik_lsq_pattern *pattern, int i) {
    return i == 0 || !same_columns(pattern, i - 1, i);
}

static oik_status make_groups(oik_normal_matrix *normal, const oik_lsq_pattern *pattern, oik_error *err) {
    size_t n_cols = 0;
    for (int i = 0; i < pattern->n_rows; i++)
        if (starts_group(pattern, i)) {
            normal->n_groups++;
            n_cols += (size_t)row_length(pattern, i);
        }
    normal->group = oik_new((size_t)normal->n_groups, sizeof *normal->group, err);
    normal->group_col = oik_new(n_cols, sizeof(int), err);
    if (!normal->group || !normal->group_col)
        return OIK_E_MEMORY;
    int *col = normal->group_col;
    for (int i = 0, g = -1; i < pattern->n_rows; i++) {
        if (starts_group(pattern, i)) {
            size_t length = (size_t)row_length(pattern, i);
            normal->group[++g].n_cols = (int)length;
            memcpy(col, pattern->col + pattern->row_start[i], length * sizeof(int));
            col += length;
        }
        normal->group[g].n_rows++;
    }
    return OIK_OK;
}

/* ---- pattern of A -------------------------------------------------------------------------------------------------- */

/* The groups that hold each column, as column lists into group_col. */
typedef struct membership {
    int *start;       /* n + 1 */
    const int **cols; /* start[n]: the columns of the group */
    int *n_cols;      /* start[n]: their number */
    int *mark;        /* n scratch */
} membership;

static void membership_free(membership *member) {
    free(member->start);
    free(member->cols);
    free(member->n_cols);
    free(member->mark);
}

static oik_status membership_new(membership *member, const oik_normal_matrix *normal, oik_error *err) {
    size_t n = (size_t)normal->n, n_entries = 0;
    for (int g = 0; g < normal->n_groups; g++)
        n_entries += (size_t)normal->group[g].n_cols;
    member->start = oik_new(n + 2, sizeof(int), err);
    member->cols = oik_new(n_entries, sizeof *member->cols, err);
    member->n_cols = oik_new(n_entries, sizeof(int), err);
    member->mark = oik_new(n, sizeof(int), err);
    if (!member->start || !member->cols || !member->n_cols || !member->mark)
        return OIK_E_MEMORY;
    /* counting sort; start is shifted by one so that filling moves it into place */
    int *next = member->start + 1;
    for (size_t p = 0; p < n_entries; p++)
        next[normal->group_col[p] + 1]++;
    for (size_t j = 0; j < n; j++)
        next[j + 1] += next[j];
    const int *cols = normal->group_col;
    for (int g = 0; g < normal->n_groups; g++) {
        int n_cols = normal->group[g].n_cols;
        for (int a = 0; a < n_cols; a++) {
            int p = next[cols[a]]++;
            member->cols[p] = cols;
            member->n_cols[p] = n_cols;
        }
        cols += n_cols;
    }
    return OIK_OK;
}

/*
 * Visit the lower triangle of A by rows: rows ascend, so the entries of each column come out sorted.
 * next[j] moves on by one per entry of column j; row, when given, receives the row numbers there.
 */
static void visit_rows(const membership *member, int n, int *next, int *row) {
    for (int j = 0; j < n; j++)
        member->mark[j] = -1;
    for (int i = 0; i < n; i++) {
        member->mark[i] = i; /* the diagonal is there even for an unknown without a residual */
        if (row)
            row[next[i]] = i;
        next[i]++;
        for (int q = member->start[i]; q < member->start[i + 1]; q++)
            for (int a = 0; a < member->n_cols[q]; a++) {
                int j = member->cols[q][a];
                if (j > i || member->mark[j] == i)
                    continue;
                member->mark[j] = i;
                if (row)
                    row[next[j]] = i;
                next[j]++;
            }
    }
}

static oik_status sum_counts(int *column_start, int *next, int n, oik_error *err) {
    int64_t sum = 0;
    for (int j = 0; j < n; j++) {
        int count = next[j];
        column_start[j] = next[j] = (int)sum;
        sum += count;
        if (sum > INT_MAX)
            return oik_fail(err, OIK_E_ARGUMENT, "the normal matrix of %d unknowns would have more than %d entries", n, INT_MAX);
    }
    column_start[n] = (int)sum;
    return OIK_OK;
}

static oik_status make_pattern(oik_normal_matrix *normal, int *next, oik_error *err) {
    size_t n = (size_t)normal->n;
    membership member = {0};
    oik_status status = membership_new(&member, normal, err);
    if (status != OIK_OK)
        goto done;
    memset(next, 0, n * sizeof(int));
    visit_rows(&member, normal->n, next, NULL);
    normal->column_start = oik_new(n + 1, sizeof(int), err);
    status = normal->column_start ? sum_counts(normal->column_start, next, normal->n, err) : OIK_E_MEMORY;
    if (status != OIK_OK)
        goto done;
    size_t n_entries = (size_t)normal->column_start[n];
    normal->row = oik_new(n_entries, sizeof(int), err);
    normal->values = oik_new(n_entries, sizeof(double), err);
    normal->diagonal = oik_new(n, sizeof(double), err);
    if (!normal->row || !normal->values || !normal->diagonal) {
        status = OIK_E_MEMORY;
        goto done;
    }
    visit_rows(&member, normal->n, next, normal->row);
done:
    membership_free(&member);
    return status;
}

/* ---- slots --------------------------------------------------------------------------------------------------------- */

/* Slot lists seen so far, found by content: open addressing, at most half full. */
typedef struct slot_lists {
    int *slot; /* the lists one after the other */
    size_t n_slots, capacity;
    struct slot_list {
        size_t start, length; /* length 0: free */
    } * table;
    size_t table_size; /* power of two */
    size_t n_lists;
} slot_lists;

/* FNV-1a over the list, 64 bit. Source: Fowler, Noll & Vo 1991. */
static size_t hash_list(const int *slot, size_t length) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t k = 0; k < length; k++)
        hash = (hash ^ (uint32_t)slot[k]) * UINT64_C(1099511628211);
    return (size_t)(hash ^ (hash >> 32));
}

/* The entry of the table that holds this list, or the free one where it belongs. */
static struct slot_list *find_list(const slot_lists *lists, const int *slot, size_t length) {
    size_t mask = lists->table_size - 1, k = hash_list(slot, length) & mask;
    for (;; k = (k + 1) & mask) {
        struct slot_list *list = &lists->table[k];
        if (list->length == 0)
            return list;
        if (list->length == length && memcmp(lists->slot + list->start, slot, length * sizeof(int)) == 0)
            return list;
    }
}

static oik_status grow_table(slot_lists *lists, oik_error *err) {
    slot_lists bigger = *lists;
    bigger.table_size = lists->table_size ? 2 * lists->table_size : 64;
    bigger.table = oik_new(bigger.table_size, sizeof *bigger.table, err);
    if (!bigger.table)
        return OIK_E_MEMORY;
    for (size_t k = 0; k < lists->table_size; k++)
        if (lists->table[k].length > 0)
            *find_list(&bigger, lists->slot + lists->table[k].start, lists->table[k].length) = lists->table[k];
    free(lists->table);
    *lists = bigger;
    return OIK_OK;
}

static oik_status reserve_slots(slot_lists *lists, size_t length, oik_error *err) {
    if (lists->capacity - lists->n_slots >= length)
        return OIK_OK;
    size_t capacity = 2 * lists->capacity + length;
    int *slot = oik_resize(lists->slot, capacity, sizeof(int), err);
    if (!slot)
        return OIK_E_MEMORY;
    lists->slot = slot;
    lists->capacity = capacity;
    return OIK_OK;
}

/* Slot of the pair of columns (j, k) in A. The pair is there. */
static int find_slot(const oik_normal_matrix *normal, int j, int k) {
    int column = j < k ? j : k, row = j < k ? k : j;
    int low = normal->column_start[column], high = normal->column_start[column + 1] - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (normal->row[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void write_slots(int *slot, const oik_normal_matrix *normal, const oik_normal_group *group, const int *cols) {
    for (int a = 0; a < group->n_cols; a++)
        for (int b = a; b < group->n_cols; b++)
            *slot++ = find_slot(normal, cols[a], cols[b]) - group->first_slot;
}

static oik_status add_group_slots(slot_lists *lists, const oik_normal_matrix *normal, oik_normal_group *group, const int *cols,
                                  oik_error *err) {
    size_t length = n_pairs(group->n_cols);
    if (length == 0)
        return OIK_OK;
    if ((2 * lists->n_lists >= lists->table_size && grow_table(lists, err) != OIK_OK) ||
        reserve_slots(lists, length, err) != OIK_OK)
        return OIK_E_MEMORY;
    int *slot = lists->slot + lists->n_slots; /* written behind the lists, kept only if it is a new one */
    group->first_slot = find_slot(normal, cols[0], cols[0]);
    write_slots(slot, normal, group, cols);
    struct slot_list *list = find_list(lists, slot, length);
    if (list->length == 0) {
        *list = (struct slot_list){lists->n_slots, length};
        lists->n_slots += length;
        lists->n_lists++;
    }
    group->relative = list->start;
    return OIK_OK;
}

/* Scratch of one group: the packed upper triangle of B'B; for BLAS the full matrix, and B'r. */
static size_t product_length(const oik_normal_group *group) {
    size_t k = (size_t)group->n_cols;
    return is_large(group) ? k * k + k : n_pairs(group->n_cols);
}

static oik_status make_slots(oik_normal_matrix *normal, oik_error *err) {
    slot_lists lists = {0};
    const int *cols = normal->group_col;
    size_t most = 0;
    oik_status status = OIK_OK;
    for (int g = 0; g < normal->n_groups && status == OIK_OK; g++) {
        oik_normal_group *group = &normal->group[g];
        size_t length = product_length(group);
        status = add_group_slots(&lists, normal, group, cols, err);
        cols += group->n_cols;
        most = length > most ? length : most;
        if (is_large(group))
            openblas_set_num_threads(1);
    }
    free(lists.table);
    normal->relative_slot = lists.slot;
    if (status != OIK_OK)
        return status;
    normal->product = oik_new(most, sizeof(double), err);
    return normal->product ? OIK_OK : OIK_E_MEMORY;
}

/* ---- life ---------------------------------------------------------------------------------------------------------- */

oik_status oik_normal_matrix_new(oik_normal_matrix **out, const oik_lsq_pattern *pattern, oik_error *err) {
    if (pattern->n_rows < 0 || pattern->n_unknowns < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "Jacobian pattern of %d rows and %d unknowns", pattern->n_rows,
                        pattern->n_unknowns);
    oik_normal_matrix *normal = oik_new(1, sizeof *normal, err);
    int *scratch = oik_new((size_t)pattern->n_unknowns, sizeof(int), err);
    oik_status status = normal && scratch ? check_pattern(pattern, scratch, err) : OIK_E_MEMORY;
    if (status != OIK_OK)
        goto done;
    normal->n = pattern->n_unknowns;
    status = make_groups(normal, pattern, err);
    if (status == OIK_OK)
        status = make_pattern(normal, scratch, err);
    if (status == OIK_OK)
        status = make_slots(normal, err);
done:
    free(scratch);
    if (status == OIK_OK)
        *out = normal;
    else
        oik_normal_matrix_free(normal);
    return status;
}

void oik_normal_matrix_free(oik_normal_matrix *normal) {
    if (!normal)
        return;
    free(normal->column_start);
    free(normal->row);
    free(normal->values);
    free(normal->diagonal);
    free(normal->group);
    free(normal->group_col);
    free(normal->relative_slot);
    free(normal->product);
    free(normal);
}

/* ---- assembly ------------------------------------------------------------------------------------------------------ */

/* A += u u' for one row u of k entries */
static void scatter_row(double *values, const int *slot, const double *u, int k) {
    for (int a = 0; a < k; a++) {
        double factor = u[a];
        for (int b = a; b < k; b++)
            values[*slot++] += factor * u[b];
    }
}

/* W += u u' */
static void add_row(double *restrict w, const double *restrict u, int k) {
    for (int a = 0; a < k; w += k - a, a++)
        for (int b = 0; b < k - a; b++)
            w[b] += u[a] * u[a + b];
}

/* W += sum of u u' over the three rows of one point, which follow each other */
static void add_three_rows(double *restrict w, const double *restrict u, int k) {
    const double *restrict v = u + k, *restrict t = v + k;
    for (int a = 0; a < k; w += k - a, a++) {
        double x = u[a], y = v[a], z = t[a];
        for (int b = 0; b < k - a; b++)
            w[b] += x * u[a + b] + y * v[a + b] + z * t[a + b];
    }
}

/* A += B'B */
static void add_block(oik_normal_matrix *normal, const oik_normal_group *group, const double *block) {
    double *values = normal->values + group->first_slot;
    const int *slot = normal->relative_slot + group->relative;
    int k = group->n_cols, i = 0;
    if (group->n_rows == 1) {
        scatter_row(values, slot, block, k);
        return;
    }
    size_t length = n_pairs(k);
    double *w = normal->product;
    memset(w, 0, length * sizeof *w);
    for (; i + 3 <= group->n_rows; i += 3, block += 3 * k)
        add_three_rows(w, block, k);
    for (; i < group->n_rows; i++, block += k)
        add_row(w, block, k);
    for (size_t p = 0; p < length; p++)
        values[slot[p]] += w[p];
}

/* g += B'r */
static void add_gradient(double *gradient, const int *cols, const double *block, const double *r, const oik_normal_group *group) {
    for (int i = 0; i < group->n_rows; i++, block += group->n_cols)
        for (int a = 0; a < group->n_cols; a++)
            gradient[cols[a]] += block[a] * r[i];
}

/* A += B'B and g += B'r by BLAS */
static void add_large(oik_normal_matrix *normal, double *gradient, const int *cols, const double *block, const double *r,
                      const oik_normal_group *group) {
    int m = group->n_rows, k = group->n_cols;
    double *w = normal->product, *g = w + (size_t)k * (size_t)k;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, k, m, 1.0, block, k, 0.0, w, k);
    cblas_dgemv(CblasRowMajor, CblasTrans, m, k, 1.0, block, k, r, 1, 0.0, g, 1);
    double *values = normal->values + group->first_slot;
    const int *slot = normal->relative_slot + group->relative;
    for (int a = 0; a < k; a++, w += k) {
        for (int b = a; b < k; b++)
            values[*slot++] += w[b];
        gradient[cols[a]] += g[a];
    }
}

void oik_normal_matrix_assemble(oik_normal_matrix *normal, double *gradient, const double *jac, const double *r) {
    memset(normal->values, 0, (size_t)normal->column_start[normal->n] * sizeof(double));
    memset(gradient, 0, (size_t)normal->n * sizeof(double));
    const int *cols = normal->group_col;
    for (const oik_normal_group *group = normal->group; group < normal->group + normal->n_groups; group++) {
        if (is_large(group)) {
            add_large(normal, gradient, cols, jac, r, group);
        } else if (group->n_cols > 0) {
            add_block(normal, group, jac);
            add_gradient(gradient, cols, jac, r, group);
        }
        cols += group->n_cols;
        r += group->n_rows;
        jac += (size_t)group->n_rows * (size_t)group->n_cols;
    }
    for (int j = 0; j < normal->n; j++)
        normal->diagonal[j] = normal->values[normal->column_start[j]];
}

void oik_normal_matrix_multiply(double *y, const oik_normal_matrix *normal, const double *x) {
    for (int j = 0; j < normal->n; j++)
        y[j] = normal->diagonal[j] * x[j];
    for (int j = 0; j < normal->n; j++)
        for (int p = normal->column_start[j] + 1; p < normal->column_start[j + 1]; p++) {
            y[normal->row[p]] += normal->values[p] * x[j];
            y[j] += normal->values[p] * x[normal->row[p]];
        }
}

double oik_normal_matrix_quadratic(const oik_normal_matrix *normal, const double *d) {
    double sum = 0.0;
    for (int j = 0; j < normal->n; j++) {
        double below = 0.0;
        for (int p = normal->column_start[j] + 1; p < normal->column_start[j + 1]; p++)
            below += normal->values[p] * d[normal->row[p]];
        sum += d[j] * (normal->diagonal[j] * d[j] + 2.0 * below);
    }
    return sum;
}
