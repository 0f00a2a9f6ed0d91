# Sets psql's unaligned output (tab-separated, names in the first line) as psql sets a table, but at most WIDTH
# wide and with its cells wrapped at words. With -v expanded=1: psql's expanded output, a block for each row.
#
# To be run with LC_ALL=C: letters are counted here, as not every awk can.

BEGIN {
    FS = "\t"
    WIDTH = 100
}

{
    for (column = 1; column <= NF; column++) {
        cell[NR, column] = $column
        width[column] = larger(width[column], letters($column))
        words = split($column, word, /[ ,]/)
        while (words > 0) {
            longest_word[column] = larger(longest_word[column], letters(word[words--]))
        }
    }
    columns = larger(columns, NF)
}

END {
    fit()
    print ""
    for (row = 1; row <= NR; row++) {
        print_row(row)
        if (!expanded && row == 1) {
            print_rule()
        }
    }
    print ""
}

function larger(a, b) {
    return a > b ? a : b
}

# A byte that continues a letter of UTF-8 is none of its own.
function letters(text) {
    gsub(/[\200-\277]/, "", text)
    return length(text)
}

# Narrows the column that is furthest from breaking its longest word, until all fit or a word would break.
function fit(    total, column, slack, most_slack, chosen) {
    do {
        total = 3 * columns - 1
        most_slack = 0
        for (column = 1; column <= columns; column++) {
            total += width[column]
            slack = width[column] - longest_word[column]
            if (slack > most_slack) {
                most_slack = slack
                chosen = column
            }
        }
        if (total > WIDTH && most_slack > 0) {
            width[chosen]--
        }
    } while (total > WIDTH && most_slack > 0)
}

# As much of the text as has room, broken after a space, else after a comma.
function first_line(text, room,    line) {
    if (letters(text) <= room) {
        return text
    }
    line = substr(text, 1, room + 1)
    if (match(line, /.* /)) {
        return substr(line, 1, RLENGTH)
    }
    match(line, /.*,/)
    return RLENGTH > 0 ? substr(line, 1, RLENGTH) : text
}

# With an empty line below where it took several.
function print_row(row,    column, line, printed, is_unfinished, lines) {
    do {
        lines++
        printed = ""
        is_unfinished = 0
        for (column = 1; column <= columns; column++) {
            line = first_line(cell[row, column], width[column])
            cell[row, column] = substr(cell[row, column], length(line) + 1)
            if (cell[row, column] != "") {
                is_unfinished = 1
            }
            sub(/ +$/, "", line)
            printed = printed (column > 1 ? " | " : " ") line sprintf("%*s", width[column] - letters(line), "")
        }
        # Between the blocks of expanded output there is an empty line.
        sub(/^[ |]+$/, "", printed)
        sub(/ +$/, "", printed)
        print printed
    } while (is_unfinished)
    if (!expanded && lines > 1 && row < NR) {
        print ""
    }
}

function print_rule(    column, rule) {
    for (column = 1; column <= columns; column++) {
        rule = sprintf("%*s", width[column] + 2, "")
        gsub(/ /, "-", rule)
        printf "%s%s", (column > 1 ? "+" : ""), rule
    }
    print ""
}
