"""The safety rules of the design, taken apart: each single rule, and the tests that attack it (file: functions)."""

DOORS, E2E, WEBAPP, HOSTILE = "tests/doors/", "tests/e2e/", "tests/webapp/", "tests/hostile/"
TEXT, HEADERS, PICTURES = (f"{DOORS}test_section_11_{name}.py" for name in ("text", "headers", "pictures"))
MODELS, LINKS, LIMITS = (f"{DOORS}test_section_11_{name}.py" for name in ("models", "links", "limits"))
SOCKETS, BODIES = (f"{DOORS}test_section_11_{name}.py" for name in ("sockets", "bodies"))
BROWSER = f"{E2E}test_doors.py"
SOURCES = "tests/borders/test_sources.py"

RULES: dict[str, dict[str, list[str]]] = {
    "Text reaches the page only as text nodes: exports, results, pages, the admin, share pages": {
        TEXT: [
            "test_a_token_of_markup_is_text_in_every_export",
            "test_json_and_csv_are_never_taken_for_pages",
            "test_a_text_of_markup_is_text_on_every_page",
            "test_a_table_starts_no_formula",
        ],
        BROWSER: [
            "test_behind_a_link_markup_is_text",
            "test_in_the_admin_markup_is_text",
            "test_a_download_is_a_file_and_in_it_markup_is_text",
        ],
        f"{E2E}test_run.py": ["test_hostile_text_stays_text"],
    },
    "CSP: script-src 'self', style-src 'self' 'unsafe-inline'; only /admin/ adds 'unsafe-eval'": {
        HEADERS: ["test_every_kind_of_answer_carries_the_policy_as_ruled"],
        BROWSER: ["test_the_policy_stops_what_would_get_through"],
    },
    "Downloads are attachments with sandbox": {
        HEADERS: ["test_downloads_are_attachments", "test_every_kind_of_answer_carries_the_policy_as_ruled"],
    },
    "One Text type for every string a person sends, names and parameters too": {
        TEXT: [
            "test_what_people_send_is_found_by_reflection",
            "test_no_text_of_a_person_holds_nul_or_lone_surrogates",
            "test_parameters_are_texts_too_however_deep",
        ],
        SOCKETS: ["test_a_nul_in_a_cookie_reaches_no_database"],
        f"{HOSTILE}test_texts.py": ["test_texts_that_are_none_are_refused", "test_any_text_comes_back_as_it_was"],
    },
    "Images: bytes, pixels and frames are capped before decoding": {
        PICTURES: [
            "test_a_webp_is_measured_before_room_is_made_for_it",
            "test_decoding_takes_no_more_memory_than_its_pixels_need",
            "test_a_picture_that_takes_too_long_is_given_up",
            "test_what_breaks_a_decoder_breaks_nothing_else",
            "test_when_every_decoder_is_busy_one_is_told_to_come_back",
        ],
        f"{WEBAPP}test_uploads.py": [
            "test_a_huge_header_is_refused_before_anything_is_decoded",
            "test_a_gif_that_grows_is_measured_too",
            "test_a_file_over_the_limit_names_both_numbers",
            "test_of_a_moving_picture_the_first_frame_is_kept",
        ],
        f"{HOSTILE}test_pictures.py": [
            "test_every_picture_is_kept_clean_or_refused",
            "test_many_hands_send_large_pictures_at_once",
        ],
    },
    "Images: PNG, JPEG, WebP and the first frame of a GIF, nothing else": {
        PICTURES: ["test_only_four_formats_are_read"],
    },
    "Images: orientation applied, re-encoded without metadata": {
        PICTURES: ["test_only_pixels_are_kept"],
        f"{WEBAPP}test_uploads.py": ["test_orientation_is_applied_and_forgotten", "test_metadata_is_gone"],
    },
    "SVG refused, whatever it is called": {
        PICTURES: ["test_svg_is_refused_whatever_it_is_called", "test_svg_called_a_text_is_a_text"],
    },
    "Models: ids from the admin's allow-list with a pinned revision, never a path from a person": {
        MODELS: ["test_no_path_or_address_names_a_model", "test_a_hub_id_is_allowed_only_with_a_commit"],
    },
    "Models: use_safetensors=True, trust_remote_code=False always": {
        MODELS: [
            "test_code_beside_a_model_is_never_run",
            "test_a_model_of_unknown_kind_is_not_asked_for_its_code",
            "test_a_pickle_is_never_opened",
            "test_a_pickle_called_safetensors_is_not_opened_either",
            "test_from_the_hub_come_neither_pickles_nor_code",
            "test_every_loader_reads_local_files_and_no_code",
        ],
    },
    "No pickle anywhere: Celery and caches speak JSON": {
        MODELS: ["test_messages_and_sessions_are_json", "test_no_source_imports_what_pickles"],
        SOURCES: ["test_no_source_unpickles_or_evaluates", "test_the_check_sees_each_construct"],
    },
    "Share links: at least 128 bits, stored hashed": {
        LINKS: [
            "test_a_secret_holds_at_least_128_random_bits",
            "test_no_row_of_the_database_holds_the_secret",
            "test_the_secret_is_told_once",
        ],
        LIMITS: [
            "test_links_cannot_be_guessed_for_long",
            "test_whoever_follows_a_good_link_is_never_taken_for_guessing",
        ],
    },
    "Share links: expiry, revoke": {
        LINKS: [
            "test_a_link_ends_by_itself_unless_somebody_wants_otherwise",
            "test_no_link_ends_at_odd_times",
            "test_an_ended_link_tells_nothing_that_an_invented_one_does_not",
            "test_a_link_is_no_key_to_anything_else",
        ],
    },
    "Share links: noindex, no referrer": {
        LINKS: ["test_links_are_kept_out_of_indexes_and_referers"],
        HEADERS: ["test_a_secret_is_kept_out_of_caches"],
    },
    "Limits are on by default, per account or address": {
        LIMITS: [
            "test_every_limit_is_on_by_default",
            "test_changes_are_limited_and_the_answer_says_the_numbers",
            "test_a_new_cookie_is_not_a_new_person",
            "test_reads_and_pages_are_limited",
            "test_an_account_is_counted_apart_from_its_address",
            "test_forwarded_addresses_are_believed_as_far_as_our_proxies_reach",
            "test_the_addresses_of_one_ipv6_network_are_one",
            "test_counts_are_shared_by_all_web_processes",
            "test_a_limit_that_changes_counts_from_the_next_request_on",
            "test_without_redis_the_anonymous_change_nothing_but_read",
            "test_without_redis_accounts_go_by_the_counts_of_the_database",
            "test_tokens_cannot_be_guessed_for_long",
        ],
        BODIES: [
            "test_a_body_that_does_not_come_is_given_up",
            "test_only_the_body_is_timed_not_the_answer",
            "test_a_body_over_the_limit_is_given_up",
        ],
    },
    "Attempts to log in and the admin behind throttles of their own": {
        LIMITS: [
            "test_the_admin_has_a_throttle_of_its_own",
            "test_attempts_to_log_in_are_limited_by_address",
            "test_attempts_to_log_in_are_limited_by_name_from_everywhere",
            "test_who_sits_at_an_open_session_cannot_guess_its_password_for_long",
            "test_the_longer_somebody_tries_the_longer_the_pauses",
            "test_without_redis_an_admin_gets_in_and_a_guesser_does_not",
        ],
    },
    "Sockets are authorised per run": {
        SOCKETS: [
            "test_every_route_is_found",
            "test_only_the_owner_hears_of_a_run",
            "test_no_route_is_opened_without_being_somebody",
            "test_a_link_opens_no_socket",
            "test_odd_addresses_are_refused",
        ],
        LIMITS: [
            "test_open_sockets_are_limited_and_closing_one_makes_room",
            "test_opening_sockets_again_and_again_is_limited",
        ],
    },
    "Sockets are origin-checked": {
        SOCKETS: [
            "test_no_route_is_opened_by_another_sites_page",
            "test_no_route_answers_to_another_name",
            "test_trusted_origins_are_those_the_admin_named",
        ],
    },
    "Sockets are server-to-client only": {
        SOCKETS: ["test_whoever_talks_is_shown_out"],
        f"{HOSTILE}test_sockets.py": ["test_whatever_is_sent_closes_that_socket_alone"],
    },
    "Cookies: HttpOnly, SameSite, Secure and __Host- with HTTPS; HSTS with HTTPS": {
        HEADERS: [
            "test_no_script_reads_a_cookie",
            "test_with_https_cookies_belong_to_this_host_alone",
            "test_with_https_browsers_are_told_to_stay_there",
        ],
    },
    "CSRF on every form, foreign pages refused, CORS closed, unknown hosts refused": {
        HEADERS: [
            "test_no_form_is_taken_from_another_sites_page",
            "test_no_request_is_taken_from_another_sites_page",
            "test_no_answer_lets_another_site_read_it",
            "test_an_unknown_host_is_refused",
            "test_a_forwarded_host_writes_no_links",
        ],
    },
    "One request is one request": {
        f"{HOSTILE}test_wire.py": [
            "test_no_request_hides_behind_another",
            "test_what_is_not_http_is_refused_or_let_go",
        ],
    },
}
